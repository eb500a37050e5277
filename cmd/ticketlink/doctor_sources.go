package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/config"
)

// noSuchTable is PostgreSQL's code for a database that serve has not seen yet
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
const noSuchTable = "42P01"

// checkSource says where a source sends to, and what came from it. That its
// secret is there, the configuration has checked.
func checkSource(ctx context.Context, p *parts, conf *config.Config, s config.IncidentSource) (found string, err error) {
	if s.Kind == config.ZendeskProblem {
		return "is told by the problem tickets of " + s.Helpdesk, nil
	}
	found = "sends to " + strings.TrimSuffix(conf.PublicURL, "/") + "/webhooks/" + s.Name + ", its secret is set; "
	if p.database == nil {
		return found + "without a database nobody knows what came", nil
	}
	err = within(ctx, func(ctx context.Context) error {
		row, err := schema.New(p.database).DeliveriesOf(ctx, s.Name)
		if e, ok := errors.AsType[*pgconn.PgError](err); errors.Is(err, pgx.ErrNoRows) || ok && e.Code == noSuchTable {
			found += "nothing came yet"
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for deliveries: %w", err)
		}
		found += fmt.Sprintf("the last of %d deliveries came at %s", row.Total, row.LastAt.UTC().Format(time.RFC3339))
		if row.Dead > 0 {
			found += fmt.Sprintf("; %d could not be read, see the log", row.Dead)
		}
		return nil
	})
	return found, err
}
