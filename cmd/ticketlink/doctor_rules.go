package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/match"
)

// checkRules counts the rules and finds those that name what no incident and no
// ticket has. found is empty where there is nothing to check.
func checkRules(ctx context.Context, p *parts, conf *config.Config) (found string, unmet []string, err error) {
	rules := matchPolicy(conf.Matching).Rules
	if len(rules) == 0 || p.database == nil {
		return "", nil, nil
	}
	found = fmt.Sprintf("%d always, %d never", len(conf.Matching.Always), len(conf.Matching.Never))
	err = within(ctx, func(ctx context.Context) error {
		rows, err := schema.New(p.database).SeenOfRules(ctx)
		if e, ok := errors.AsType[*pgconn.PgError](err); err != nil && !(ok && e.Code == noSuchTable) {
			return fmt.Errorf("read what rules may name: %w", err)
		}
		seen := match.Seen{}
		for _, r := range rows {
			seen.Add(r.Kind, r.Value)
		}
		for _, r := range rules {
			if why := r.Unmet(seen); why != "" {
				unmet = append(unmet, why)
			}
		}
		return nil
	})
	return found, unmet, err
}
