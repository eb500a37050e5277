package helpdesktest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// webhook: only the helpdesk gets in, repeats are known, nonsense is refused.
func (h Helpdesk) webhook(s *stage) {
	id := s.ticket("Cannot pay")
	one := s.Delivery(id)
	s.SetTags(id, "api", "eu")
	sender := sourcetest.Sender{Verify: h.Verify, DedupKey: h.DedupKey, Secret: secret, Sign: h.Sign, Signs: h.Signs, Stamped: h.Stamped,
		Decode: func(body []byte) error {
			_, err := h.Decode(body)
			return err
		}}
	sender.Run(s.T, string(one), string(s.Delivery(id)))
}

// told are the parts of a ticket that a webhook and the export both tell.
var told = cmpopts.IgnoreFields(integrations.Ticket{}, "Raw", "GeneratedAt", "UpdatedAt", "Fields", "Satisfaction", "FormID", "BrandID",
	"GroupID", "AssigneeID", "Type", "Channel", "ProblemID", "Priority")

// agrees: a webhook either says too little (Thin), and the ticket is fetched,
// or the same as the export does. Its stamp is never behind the change.
func (h Helpdesk) agrees(s *stage) {
	id := s.ticket("Cannot pay")
	cursor := ""
	for _, change := range []func(){
		func() {},
		func() { s.SetTags(id, "api", "eu") },
		func() { s.SetStatus(id, "pending") },
		func() { s.Comment(id, s.agent, "We are looking into it.", true) },
	} {
		s.later(time.Hour)
		change()
		event, err := h.Decode(s.Delivery(id))
		if err != nil || event.Ticket.ID != id {
			s.Fatalf("the webhook is about %q (%v), want %q", event.Ticket.ID, err, id)
		}
		s.later(time.Hour)
		var seen map[string]integrations.Ticket
		seen, cursor = s.walk(s.Client, cursor)
		exported, ok := seen[id]
		if !ok {
			s.Fatal("the export does not tell of a change that the webhook told of")
		}
		if event.Thin {
			continue
		}
		s.clean(event.Ticket)
		if diff := cmp.Diff(exported, event.Ticket, told, cmpopts.EquateEmpty()); diff != "" {
			s.Errorf("the webhook says something else than the export: %s", diff)
		}
		if early := stamp(exported).Sub(stamp(event.Ticket)); early >= time.Second || early <= -time.Second {
			s.Errorf("the webhook's stamp is %v, the export's %v", stamp(event.Ticket), stamp(exported))
		}
	}
}

// oddDeliveries: each value in turn is null, of another type or gone wild. The
// delivery is refused or read; it never breaks anything.
func (h Helpdesk) oddDeliveries(s *stage) {
	id := s.ticket("Cannot pay")
	s.Comment(id, s.agent, "We are looking into it.", true)
	body := string(s.Delivery(id))
	for _, path := range sourcetest.Paths(s.T, body) {
		for _, value := range sourcetest.Odd() {
			other := sourcetest.Change(s.T, body, func(p string, _ any) (any, bool) { return value, p == path })
			expectCleanOrRefused(s.T, fmt.Sprintf("%s is %v", path, value), h.Decode, []byte(other))
		}
	}
}

// Fuzz requires that whatever arrives is refused as ErrBadFormat or decoded to
// a clean event.
func Fuzz(f *testing.F, decode func([]byte) (integrations.TicketEvent, error), seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) { expectCleanOrRefused(t, "", decode, body) })
}

func expectCleanOrRefused(t *testing.T, name string, decode func([]byte) (integrations.TicketEvent, error), body []byte) {
	t.Helper()
	event, err := decode(body)
	switch {
	case err != nil && !errors.Is(err, integrations.ErrBadFormat):
		t.Errorf("%s: %v", name, err)
	case err == nil && event.Ticket.ID != "":
		(&stage{T: t}).clean(event.Ticket)
	}
}
