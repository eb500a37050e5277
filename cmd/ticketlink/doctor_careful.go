package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ticketlink/ticketlink/schema"
)

// checkCareful says how many decisions by people are missing until tickets are
// linked without asking.
func checkCareful(ctx context.Context, p *parts, needed int) (found string, err error) {
	if needed == 0 {
		return "is off; tickets are linked without asking", nil
	}
	if p.database == nil {
		return "without a database nobody knows what was decided", nil
	}
	var n int64
	err = within(ctx, func(ctx context.Context) error {
		n, err = schema.New(p.database).CountDecisions(ctx, int32(needed))
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == noSuchTable {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("count decisions: %w", err)
	}
	if n == int64(needed) {
		return fmt.Sprintf("is over: people have decided on %d links; tickets are linked without asking", needed), nil
	}
	return fmt.Sprintf("%d of %d links are decided; until then tickets are only suggested", n, needed), nil
}
