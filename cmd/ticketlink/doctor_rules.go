package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/match"
)

// rulesSeen is how far back a rule's tags are looked for.
const rulesSeen = 90 * 24 * time.Hour

// checkRules counts the rules and finds those that name what no incident and no
// ticket of late has. found is empty where there is nothing to check.
func checkRules(ctx context.Context, p *parts, conf *config.Config) (found string, unmet []string, err error) {
	rules := matchPolicy(conf.Matching).Rules
	if len(rules) == 0 || p.database == nil {
		return "", nil, nil
	}
	found = fmt.Sprintf("%d always, %d never", len(conf.Matching.Always), len(conf.Matching.Never))
	arg := schema.SeenOfRulesParams{Since: clock().Add(-rulesSeen)}
	for _, r := range rules {
		arg.Ids = append(arg.Ids, r.Form, r.Organization)
	}
	err = within(ctx, func(ctx context.Context) error {
		rows, err := schema.New(p.database).SeenOfRules(ctx, arg)
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
