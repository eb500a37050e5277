package helpdesktest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
)

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// tags: ours come and go, as often as they are asked for; others stay.
func (h Helpdesk) tags(s *stage) {
	if h.NoTags {
		return
	}
	id, ctx := s.ticket("Cannot pay"), s.Context()
	for range 2 {
		s.must(s.AddTags(ctx, id, []string{"incident_inc-42", "follow_up_due"}))
	}
	if diff := cmp.Diff([]string{"api", "follow_up_due", "incident_inc-42"}, integrations.FoldTags(s.Tags(id))); diff != "" {
		s.Error(diff)
	}
	for range 2 {
		s.must(s.RemoveTags(ctx, id, []string{"incident_inc-42", "never_there"}))
	}
	if diff := cmp.Diff([]string{"api", "follow_up_due"}, integrations.FoldTags(s.Tags(id))); diff != "" {
		s.Error(diff)
	}
}

// notes: a note is internal, and is found by its marker.
func (h Helpdesk) notes(s *stage) {
	if h.NoComments {
		return
	}
	id, ctx := s.ticket("Cannot pay"), s.Context()
	there, err := s.HasNote(ctx, id, "[ticketlink INC-42]")
	if err != nil || there {
		s.Errorf("before: %v, %v", there, err)
	}
	s.must(s.AddNote(ctx, id, "[ticketlink INC-42] belongs to <INC-42> & others\nsecond line"))
	notes := s.Notes(id)
	if len(notes) != 1 || !strings.Contains(notes[0], "[ticketlink INC-42] belongs to") || !strings.Contains(notes[0], "second line") {
		s.Errorf("notes %q", notes)
	}
	if public := s.Account.Replies(id); slices.ContainsFunc(public, func(body string) bool { return strings.Contains(body, "ticketlink") }) {
		s.Errorf("the customer can read the note: %q", public)
	}
	for marker, want := range map[string]bool{"[ticketlink INC-42]": true, "[ticketlink INC-4]": false, "[ticketlink INC-43]": false} {
		if there, err := s.HasNote(ctx, id, marker); err != nil || there != want {
			s.Errorf("%s: %v, %v", marker, there, err)
		}
	}
	s.Comment(id, s.agent, "As [ticketlink INC-77] says", true)
	if there, err := s.HasNote(ctx, id, "[ticketlink INC-77]"); err != nil || there {
		s.Errorf("a public comment counts as a note: %v, %v", there, err)
	}
}

// replies: who wrote, whether the customer saw it, and what notes mention.
func (h Helpdesk) replies(s *stage) {
	if h.NoComments {
		return
	}
	id := s.ticket("Cannot pay")
	s.later(time.Minute)
	public := s.Comment(id, s.agent, "We are looking into it.", true)
	s.later(time.Minute)
	note := s.Comment(id, s.agent, "see https://github.com/acme/shop/issues/7", false)
	s.later(time.Minute)
	customer := s.Comment(id, s.customer, "Still broken.", true)
	for range 150 { // more than a page
		s.Comment(id, s.customer, "Hello?", true)
	}
	replies, err := s.Client.Replies(s.Context(), id)
	s.must(err)
	found := map[string]integrations.Reply{}
	for _, r := range replies {
		if r.TicketID != id || found[r.ID].ID != "" || r.At.Location() != time.UTC {
			s.Errorf("reply %+v", r)
		}
		found[r.ID] = r
	}
	if len(replies) < 153 || len(replies) > 154 { // some vendors list the description too
		s.Errorf("%d replies, want 153", len(replies))
	}
	for _, want := range []struct {
		id            string
		agent, public bool
		at            time.Time
		references    int
	}{{public.ID, true, true, public.At, 0}, {note.ID, true, false, note.At, 1}, {customer.ID, false, true, customer.At, 0}} {
		got := found[want.id]
		if got.Agent != want.agent || got.Public != want.public || !got.At.Equal(want.at) || len(got.References) != want.references {
			s.Errorf("want %+v, got %+v", want, got)
		}
	}
}

// answers: a reply reaches the customer, sets the status, and is known again.
func (h Helpdesk) answers(s *stage) {
	if h.NoReplyTo {
		return
	}
	id, ctx := s.ticket("Cannot pay"), s.Context()
	const words = "It is fixed.\n\nThank you for your patience, <you> & yours."
	has := func(want bool, body string, since time.Time) {
		s.Helper()
		if there, err := s.HasReply(ctx, id, body, since); err != nil || there != want {
			s.Errorf("has reply: %v, %v; want %v", there, err, want)
		}
	}
	s.Comment(id, s.agent, words, true) // somebody else's
	has(false, words, begin)
	before := s.Status(id)
	s.must(s.Client.Reply(ctx, id, words, ""))
	if got := s.Status(id); got != before {
		s.Errorf("a reply without a status changed it from %s to %s", before, got)
	}
	public := s.Account.Replies(id)
	if last := public[len(public)-1]; !strings.Contains(last, "It is fixed.") || !strings.Contains(last, "patience") || len(s.Notes(id)) > 0 {
		s.Errorf("replies %q, notes %q", public, s.Notes(id))
	}
	has(true, words, s.now)
	has(false, words, s.now.Add(time.Hour))
	has(false, "Other words.", begin)
	for _, status := range []string{"pending", "solved"} {
		s.must(s.Client.Reply(ctx, id, "News: "+status, status))
		if got := s.Status(id); got != status {
			s.Errorf("the reply set %s, want %s", got, status)
		}
	}
}

// check: doctor's question, who we are and what the rate limit leaves.
func (h Helpdesk) check(s *stage) {
	if h.Remaining != "" {
		s.wire.header = http.Header{}
		s.wire.header.Set(h.Remaining, "4242")
	}
	found, err := s.Check(s.Context())
	if err != nil || found == "" || h.Remaining != "" && !strings.Contains(found, "4242") {
		s.Errorf("found %q, %v", found, err)
	}
	wrong := s.connect("wrong-" + token)
	if _, err := wrong.Check(s.Context()); err == nil || integrations.KindOf(err) != integrations.Unauthorized {
		s.Errorf("with wrong credentials: %v", err)
	}
	if _, err := wrong.Export(s.Context(), "", begin); err == nil || integrations.KindOf(err) != integrations.Unauthorized {
		s.Errorf("export with wrong credentials: %v", err)
	}
}

func (h Helpdesk) hook(s *stage) integrations.Hook {
	hook, err := integrations.NewHook("https://ticketlink.example.com", "support", secret)
	s.must(err)
	return hook
}

// setup: once it is done, doing it again changes nothing. The steps name the
// endpoint, and not the secret.
func (h Helpdesk) setup(s *stage) {
	s.wire.taken()
	steps, secret, err := s.Setup(s.Context(), h.hook(s))
	s.must(err)
	told := strings.Join(steps, "\n")
	if secret == "" || strings.Contains(told, secret) || !strings.Contains(told, "https://ticketlink.example.com/webhooks/support") {
		s.Errorf("steps %q", steps)
	}
	if n := s.wire.writes(); (n == 0) != h.Pastes {
		s.Errorf("%d writes", n)
	}
	_, again, err := s.Setup(s.Context(), h.hook(s))
	s.must(err)
	if n := s.wire.writes(); n > 0 || again != secret {
		s.Errorf("again: %d writes, the same secret: %v", n, again == secret)
	}
}

// ticketURL: people are led to the configured host.
func (h Helpdesk) ticketURL(s *stage) {
	u, err := url.Parse(s.TicketURL("77"))
	if err != nil || "http://"+u.Host != s.url || !strings.Contains(u.String(), "77") {
		s.Errorf("got %v, %v", u, err)
	}
}
