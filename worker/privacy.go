package worker

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
)

// A requester is a person as a helpdesk knows them.
type requester struct {
	Helpdesk    string `json:"helpdesk" minLength:"1" maxLength:"63" example:"support"`
	RequesterID string `json:"requester_id" minLength:"1" maxLength:"100" doc:"The helpdesk's own id of the person" example:"20978392"`
}

// An erasure says what was done about a person, without naming them.
type erasure struct {
	People     int64 `json:"people" doc:"Rows about the person that were removed"`
	Tickets    int   `json:"tickets" doc:"Tickets whose text, tags and requester were removed; they still count"`
	Deliveries int64 `json:"deliveries" doc:"Stored webhooks that named the person or a ticket and were removed"`
	Remaining  int64 `json:"remaining" doc:"Rows that still name the person: 0"`
}

var (
	errBadPerson = errors.New("requester_id: expected the helpdesk's id, of letters, digits, '.', '_' and '-'")
	errRemains   = errors.New("something that names the person is left; nothing was erased")
	personForm   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

// idsIn matches any of the ids as a whole word.
func idsIn(ids ...string) string {
	for i, id := range ids {
		ids[i] = regexp.QuoteMeta(id)
	}
	return `(^|[^A-Za-z0-9_.-])(` + strings.Join(ids, "|") + `)(?=$|[^A-Za-z0-9_-])`
}

// mentionsOf matches what names the person in free text: the id, and the full
// name where it is more than one word, which others would share.
func mentionsOf(ctx context.Context, q *schema.Queries, r requester) (string, error) {
	named := []string{r.RequesterID}
	names, err := q.PersonName(ctx, schema.PersonNameParams(r))
	if err != nil {
		return "", fmt.Errorf("read the person's name: %w", err)
	}
	for _, name := range names {
		if strings.Contains(strings.TrimSpace(name), " ") {
			named = append(named, strings.TrimSpace(name))
		}
	}
	return idsIn(named...), nil
}

// erase removes a person from every table, or nothing: also from what our own
// people wrote, as far as it names them by id or full name. Their tickets keep
// counting in incidents, under a name made up for this erasure, so that an
// incident's figures do not change. Queued jobs name rows and hold nothing of
// them. A second time finds nothing and changes nothing. The helpdesk must have
// erased the person first: what its export still holds comes back.
func (w *Worker) erase(ctx context.Context, by string, r requester) (done erasure, err error) {
	if !personForm.MatchString(r.RequesterID) {
		return done, errBadPerson
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if err := q.TakeAllTime(ctx); err != nil {
			return fmt.Errorf("begin to erase: %w", err)
		}
		tickets, err := q.PersonTickets(ctx, schema.PersonTicketsParams(r))
		if err != nil {
			return fmt.Errorf("find the person's tickets: %w", err)
		}
		pattern := idsIn(r.RequesterID)
		mentions, err := mentionsOf(ctx, q, r)
		if err != nil {
			return err
		}
		if err := q.EraseMentions(ctx, mentions); err != nil {
			return fmt.Errorf("erase what names the person: %w", err)
		}
		if err := w.eraseTickets(ctx, q, r, tickets); err != nil {
			return fmt.Errorf("erase tickets: %w", err)
		}
		named := []string{r.RequesterID}
		for _, t := range tickets {
			named = append(named, t.TicketID)
		}
		if done.Deliveries, err = q.EraseDeliveries(ctx, schema.EraseDeliveriesParams{Helpdesk: r.Helpdesk, Pattern: idsIn(named...)}); err != nil {
			return fmt.Errorf("erase stored webhooks: %w", err)
		}
		if done.People, err = q.ErasePerson(ctx, schema.ErasePersonParams(r)); err != nil {
			return fmt.Errorf("erase person: %w", err)
		}
		done.Tickets = len(tickets)
		done.Remaining, err = q.PersonRemains(ctx, schema.PersonRemainsParams{Helpdesk: r.Helpdesk, RequesterID: r.RequesterID, Pattern: pattern, Mentions: mentions})
		if err != nil {
			return fmt.Errorf("look for what is left: %w", err)
		}
		if done.Remaining > 0 {
			return errRemains
		}
		return w.audit(ctx, q, by, "erased", nil, nil, map[string]any{"helpdesk": r.Helpdesk, "tickets": done.Tickets})
	})
	return done, err
}

// eraseTickets takes the person out of their tickets and of all that hangs on them.
func (w *Worker) eraseTickets(ctx context.Context, q *schema.Queries, r requester, tickets []schema.PersonTicketsRow) error {
	pseudonym := "erased-" + rand.Text()
	parts := schema.EraseTicketPartsParams{Helpdesk: r.Helpdesk, Ids: []int64{}, TicketIds: []string{}}
	for _, t := range tickets {
		parts.Ids, parts.TicketIds = append(parts.Ids, t.ID), append(parts.TicketIds, t.TicketID)
	}
	return errors.Join(
		q.EraseTickets(ctx, schema.EraseTicketsParams{Pseudonym: pseudonym, Ids: parts.Ids}),
		q.EraseTicketParts(ctx, parts),
		q.EraseReplies(ctx, schema.EraseRepliesParams(r)),
		q.EraseReminders(ctx, r.Helpdesk+"/"+r.RequesterID),
		q.EraseFollowUps(ctx, schema.EraseFollowUpsParams{Helpdesk: r.Helpdesk, RequesterID: r.RequesterID, Pseudonym: pseudonym, Now: w.now()}))
}

// export is all that is held about a person.
func (w *Worker) export(ctx context.Context, r requester) (held json.RawMessage, err error) {
	if !personForm.MatchString(r.RequesterID) {
		return nil, errBadPerson
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if err := q.TakeAllTime(ctx); err != nil {
			return fmt.Errorf("begin to export: %w", err)
		}
		mentions, err := mentionsOf(ctx, q, r)
		if err != nil {
			return err
		}
		held, err = q.ExportPerson(ctx, schema.ExportPersonParams{Helpdesk: r.Helpdesk, RequesterID: r.RequesterID,
			Pattern: idsIn(r.RequesterID), Mentions: mentions})
		if err != nil {
			return fmt.Errorf("export what is held: %w", err)
		}
		return nil
	})
	return held, err
}

// privacyAPI registers what is owed to a person, for admins. Both are POST, so
// that no log of addresses names anybody.
func (w *Worker) privacyAPI(api huma.API) {
	type input struct{ Body requester }
	huma.Register(api, op("POST", "/privacy/erase", "erase-person", "Remove a person from every table", 200), func(ctx context.Context, in *input) (*body[erasure], error) {
		done, err := w.erase(ctx, actor(ctx), in.Body)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[erasure]{done}, nil
	})
	huma.Register(api, op("POST", "/privacy/export", "export-person", "All that is held about a person", 200), func(ctx context.Context, in *input) (*body[json.RawMessage], error) {
		held, err := w.export(ctx, in.Body)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[json.RawMessage]{held}, nil
	})
}
