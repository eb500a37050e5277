package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
)

// keepHistory writes the snapshot of this minute, and corrects earlier ones
// where links made or taken back since say something else of their moment. What
// was known then stays beside it.
func (w *Worker) keepHistory(ctx context.Context, q *schema.Queries, i schema.Incident, body []byte) error {
	now := w.now()
	err := q.PutSnapshot(ctx, schema.PutSnapshotParams{Incident: i.ID, At: now.Truncate(time.Minute), Impact: body})
	if err != nil {
		return fmt.Errorf("keep snapshot of %s: %w", i.Key, err)
	}
	known, err := q.SnapshotCounts(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("read snapshots of %s: %w", i.Key, err)
	}
	minutes, err := q.LinkedPerMinute(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("count tickets of %s by minute: %w", i.Key, err)
	}
	var rows []schema.CorrectSnapshotParams
	for _, c := range impact.Corrections(snapshotsOf(known), arrivalsOf(minutes)) {
		if c.At.Equal(now.Truncate(time.Minute)) {
			continue // it has just been measured
		}
		corrected, err := json.Marshal(c.Standing)
		if err != nil {
			return fmt.Errorf("write correction of %s: %w", i.Key, err)
		}
		rows = append(rows, schema.CorrectSnapshotParams{Incident: i.ID, At: c.At, Corrected: corrected, Now: &now})
	}
	return execBatch("correct history of "+i.Key, q.CorrectSnapshot(ctx, rows))
}

func snapshotsOf(rows []schema.SnapshotCountsRow) []impact.Snapshot {
	out := make([]impact.Snapshot, 0, len(rows))
	for _, r := range rows {
		out = append(out, impact.Snapshot{At: r.At, Standing: impact.Standing{Tickets: r.Tickets, Customers: r.Customers, Organizations: r.Organizations}})
	}
	return out
}

func arrivalsOf(rows []schema.LinkedPerMinuteRow) []impact.Arrivals {
	out := make([]impact.Arrivals, 0, len(rows))
	for _, r := range rows {
		out = append(out, impact.Arrivals{Minute: r.Minute, Tickets: int64(r.Tickets), Customers: int64(r.Customers), Organizations: int64(r.Organizations)})
	}
	return out
}
