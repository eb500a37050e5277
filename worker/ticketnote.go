package worker

import (
	"context"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// sendNote reminds where agents work: with an internal note on the ticket to
// answer, and a tag for the helpdesk's own views. An earlier attempt may have
// arrived, so the ticket is asked before the note is sent again.
func (w *Worker) sendNote(ctx context.Context, row schema.ClaimRemindersRow, m integrations.Message, tag string) error {
	f := row.FollowUp
	h, ok := w.helpdesks[f.Helpdesk]
	if !ok {
		return &integrations.Error{Op: "find helpdesk " + f.Helpdesk, Kind: integrations.Refused, Detail: "not configured any more (helpdesks)"}
	}
	if tag != "" {
		now := w.now()
		err := w.queries.WantDueTag(ctx, schema.WantDueTagParams{Incident: f.Incident, Helpdesk: f.Helpdesk, TicketID: f.TicketID, Now: now})
		if err != nil {
			return fmt.Errorf("ask for the tag of ticket %s/%s: %w", f.Helpdesk, f.TicketID, err)
		}
	}
	marker := fmt.Sprintf("[ticketlink %s follow-up %d/%d]", row.IncidentKey, f.ID, row.Reminder.Stage)
	if row.Reminder.Attempts > 1 {
		there, err := h.Client.HasNote(ctx, f.TicketID, marker)
		if err != nil || there {
			return err
		}
	}
	return h.Client.AddNote(ctx, f.TicketID, marker+" "+m.Subject+"\n\n"+m.Text)
}

// writeDueTag adds or removes the tag of tickets with a follow-up due. A ticket
// on which another incident's follow-up is due keeps it.
func (w *Worker) writeDueTag(ctx context.Context, h Helpdesk, row schema.ClaimWriteBacksRow) error {
	tag := w.dueTag()
	if tag == "" {
		return errWriteBackOff
	}
	if row.Wanted {
		return h.Client.AddTags(ctx, row.TicketID, []string{tag})
	}
	elsewhere, err := w.queries.DueElsewhere(ctx, schema.DueElsewhereParams{Ticket: row.Ticket, Incident: row.Incident})
	if err != nil || elsewhere {
		return err
	}
	return h.Client.RemoveTags(ctx, row.TicketID, []string{tag})
}

func (w *Worker) dueTag() string {
	for _, tag := range w.Reminding.TicketNotes {
		if tag != "" {
			return tag
		}
	}
	return ""
}

// dropDueTags takes the tag off the tickets of follow-ups that have ended.
func (w *Worker) dropDueTags(ctx context.Context, q *schema.Queries, incident int64) error {
	if w.dueTag() == "" {
		return nil
	}
	now := w.now()
	if _, err := q.UnwantDueTags(ctx, schema.UnwantDueTagsParams{Incident: incident, Now: &now}); err != nil {
		return fmt.Errorf("take back tags of ended follow-ups: %w", err)
	}
	return nil
}
