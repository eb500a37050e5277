package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
	"github.com/ticketlink/ticketlink/worker/web"
)

// tagger changes a ticket's tags without touching its others.
type tagger interface {
	AddTags(ctx context.Context, ticketID string, tags []string) error
	RemoveTags(ctx context.Context, ticketID string, tags []string) error
}

// noter writes internal notes, and tells whether one with a marker is there.
type noter interface {
	AddNote(ctx context.Context, ticketID, body string) error
	HasNote(ctx context.Context, ticketID, marker string) (bool, error)
}

const (
	tagPrefix      = "incident_" // never evidence: the matcher ignores it
	writeBackBatch = 20
	writeBackLease = 5 * time.Minute
	writeBackSpare = time.Minute // of the lease, for one write
)

// wantWriteBacks asks for a tag and a note on linked tickets, and for the tag's
// removal on unlinked ones.
func (w *Worker) wantWriteBacks(ctx context.Context, q *schema.Queries, incident int64, linked, unlinked []int64) error {
	now := w.now()
	rows := make([]schema.PutWriteBackParams, 0, 2*len(linked))
	for _, t := range linked {
		for _, kind := range []string{"tag", "note"} {
			rows = append(rows, schema.PutWriteBackParams{Incident: incident, Ticket: t, Kind: kind, Wanted: true, Now: &now})
		}
	}
	if err := execBatch("ask for write-back", q.PutWriteBack(ctx, rows)); err != nil {
		return err
	}
	if err := w.askProblems(ctx, q, incident, linked); err != nil {
		return err
	}
	if err := q.UnwantTags(ctx, schema.UnwantTagsParams{Incident: incident, Tickets: unlinked, Now: &now}); err != nil {
		return fmt.Errorf("ask for removal of tags: %w", err)
	}
	return nil
}

// writeBack tells the helpdesks what we know about their tickets. A failure is
// put off and never stands in the way of the next.
func (w *Worker) writeBack(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		now := w.now()
		lease = now.Add(writeBackLease)
		rows, err := w.queries.ClaimWriteBacks(ctx, schema.ClaimWriteBacksParams{Now: &now, Lease: &lease, Batch: writeBackBatch})
		if err != nil {
			return fmt.Errorf("claim write-backs: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		var failed error
		for _, row := range rows {
			failed = errors.Join(failed, w.writeOne(ctx, row, lease))
		}
		if failed != nil {
			return failed
		}
	}
}

// writeOne does one write-back and records its outcome.
func (w *Worker) writeOne(ctx context.Context, row schema.ClaimWriteBacksRow, lease time.Time) error {
	now := w.now()
	if now.After(lease.Add(-writeBackSpare)) {
		return nil // the batch was slow: another replica is about to claim this one, and would write it too
	}
	err := w.write(ctx, row)
	failpoint("written")
	finish := schema.FinishWriteBackParams{Incident: row.Incident, Ticket: row.Ticket, Kind: row.Kind, Written: row.Wanted, Now: &now, Lease: &lease}
	switch kind := integrations.KindOf(err); {
	case err == nil:
		w.traceTicket(ctx, "write back", row.Helpdesk, row.TicketID, attribute.String("incident", row.Key), attribute.String("what", row.Kind))
	case errors.Is(err, errWriteBackOff):
		finish.Written, finish.Error = false, err.Error()
	case kind == integrations.Refused || kind == integrations.NotFound:
		// A closed or deleted ticket takes nothing more. The link stays with us.
		finish.Written, finish.DeadAt, finish.Error = false, &now, err.Error()
		w.Log.Warn("write-back refused for good", "incident", row.Key, "helpdesk", row.Helpdesk, "ticket", row.TicketID, "error", err)
	default:
		due := now.Add(max(integrations.RetryAfter(err), backoff(int(row.Attempts)-1)))
		retry := w.queries.RetryWriteBack(ctx, schema.RetryWriteBackParams{Incident: row.Incident, Ticket: row.Ticket,
			Kind: row.Kind, DueAt: &due, Error: err.Error(), Lease: &lease})
		return errors.Join(fmt.Errorf("write %s of %s to ticket %s/%s: %w", row.Kind, row.Key, row.Helpdesk, row.TicketID, err), retry)
	}
	if err := w.queries.FinishWriteBack(ctx, finish); err != nil {
		return fmt.Errorf("record write-back of %s: %w", row.Key, err)
	}
	return nil
}

var errWriteBackOff = errors.New("switched off by configuration (write_back)")

func (w *Worker) write(ctx context.Context, row schema.ClaimWriteBacksRow) error {
	h := w.helpdesks[row.Helpdesk]
	switch {
	case h.Client == nil, row.Kind == "tag" && !h.WriteTag, row.Kind == "note" && !h.WriteNote:
		return errWriteBackOff
	case row.Kind == "due":
		return w.writeDueTag(ctx, h, row)
	case row.Kind == "note":
		return w.writeNote(ctx, h, row)
	case row.Kind == "problem":
		return w.writeProblem(ctx, h, row)
	case row.Wanted:
		return h.Client.AddTags(ctx, row.TicketID, []string{tagPrefix + row.Key})
	default:
		return h.Client.RemoveTags(ctx, row.TicketID, []string{tagPrefix + row.Key})
	}
}

// writeNote posts the note once. The intent is recorded first; where an earlier
// attempt has an unknown outcome, the ticket is asked whether it is there.
func (w *Worker) writeNote(ctx context.Context, h Helpdesk, row schema.ClaimWriteBacksRow) error {
	if row.IntentAt != nil {
		there, err := h.Client.HasNote(ctx, row.TicketID, noteMarker(row.Key))
		if err != nil || there {
			return err
		}
	}
	now := w.now()
	err := w.queries.IntendWriteBack(ctx, schema.IntendWriteBackParams{Incident: row.Incident, Ticket: row.Ticket, Kind: row.Kind, Now: &now})
	if err != nil {
		return fmt.Errorf("record intent: %w", err)
	}
	return h.Client.AddNote(ctx, row.TicketID, w.noteText(row))
}

func noteMarker(key string) string { return "[ticketlink " + key + "]" }

// noteText words the note: which incident, how sure, why, and where to say no.
func (w *Worker) noteText(row schema.ClaimWriteBacksRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s This ticket belongs to incident %s: %s\n", noteMarker(row.Key), row.Key, row.Title)
	if row.DecidedBy != "" {
		fmt.Fprintf(&b, "Linked by %s.\n", row.DecidedBy)
	} else {
		fmt.Fprintf(&b, "Linked automatically, confidence %s. Why:\n", web.Percent(row.Confidence))
		var evidence []match.Evidence
		if json.Unmarshal(row.Evidence, &evidence) == nil {
			for _, e := range evidence {
				fmt.Fprintf(&b, "- %s%s\n", e.Detail, inBrackets(e.Weight))
			}
		}
	}
	if w.PublicURL != "" {
		fmt.Fprintf(&b, "Not affected? Reject the link at %s\n", w.incidentURL(row.Key))
	}
	return b.String()
}

// inBrackets is a weight behind its reason, nothing behind a remark.
func inBrackets(weight float64) string {
	if weight == 0 {
		return ""
	}
	return fmt.Sprintf(" (%+.2f)", weight)
}

func (w *Worker) incidentURL(key string) string {
	if w.PublicURL == "" {
		return ""
	}
	return strings.TrimSuffix(w.PublicURL, "/") + "/incidents/" + key
}
