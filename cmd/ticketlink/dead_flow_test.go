package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

type deadLetter struct {
	ID               int64
	Kind, Key, Error string
	Attempts         int
}

// DeadLetters are what the API says was given up; page and metric say the same.
func (s *story) DeadLetters() []deadLetter {
	s.t.Helper()
	var dead struct{ Items []deadLetter }
	s.API("GET", "/dead-letters", nil, 200, &dead)
	text, _ := s.Visitor().Get("/dead-letters")
	kinds := map[string]int{"webhook": 0, "write_back": 0, "answer": 0, "reminder": 0, "notice": 0, "channel": 0}
	for _, l := range dead.Items {
		kinds[l.Kind]++
		if l.Error == "" || l.Attempts == 0 || !strings.Contains(text, l.Key) {
			s.t.Errorf("the letter %+v lacks its reason or its place on the page", l)
		}
	}
	for kind, n := range kinds {
		s.ExpectMetric(fmt.Sprintf("ticketlink_dead_letters{kind=%q}", kind), fmt.Sprint(n))
	}
	return dead.Items
}

// ExpectDead requires what is given up, sorted by kind and key.
func (s *story) ExpectDead(want ...string) []deadLetter {
	s.t.Helper()
	letters := s.DeadLetters()
	slices.SortFunc(letters, func(a, b deadLetter) int { return cmp.Compare(a.Kind+a.Key, b.Kind+b.Key) })
	for n, l := range letters {
		if n >= len(want) || l.Kind+" "+l.Key != want[n] {
			s.t.Errorf("unexpected dead letter: %+v", l)
		}
	}
	if len(letters) != len(want) {
		s.t.Fatalf("%d dead letters, want %q", len(letters), want)
	}
	return letters
}

// Replay has one dead letter tried again, or all for 0.
func (s *story) Replay(id int64, want int) {
	s.t.Helper()
	var answer struct{ Replayed int }
	s.API("POST", fmt.Sprintf("/dead-letters/%d/replay", id), nil, 200, &answer)
	if answer.Replayed != want {
		s.t.Errorf("%d were replayed, want %d", answer.Replayed, want)
	}
}

// A delivery that cannot be read is kept with its reason, is seen, and can be
// tried again; it keeps no other from its way.
func TestDeadLettersAreKeptAndReplayed(t *testing.T) {
	s := newStory(t)
	s.Settle()
	s.exec(`insert into inbox (source, dedup_key, received_at, due_at, body) values ('support', 'poison', '2026-11-23', '2026-11-23', '{"detail": 17')`)
	s.PostSigned(`{"ticket_id":"1001"}`)
	s.Ticket("Behind the poison", "It waits in the same batch.")
	s.Settle()
	s.TicketAnswer("1001")
	letters := s.ExpectDead("webhook support/1")
	s.exec(`update inbox set body = '{"ticket_id":"1001"}' where dedup_key = 'poison'`)
	s.Replay(letters[0].ID, 1)
	s.FastForward(time.Minute)
	s.ExpectDead()
	s.ExpectVerified()
}

// What the helpdesk refuses is kept with its reason. Mended and tried again, one
// or all, it is done once; what is done is no dead letter any more.
func TestRefusedWritesAreReplayed(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	s.helpdesk.Inject(zendeskfake.Fault{Method: http.MethodPut, Path: "/api/v2/tickets/" + id, Times: 2, Status: 422})
	key := s.confirmedIncident(id)
	letters := s.ExpectDead("write_back "+key+" note on support/"+id, "write_back "+key+" tag on support/"+id)
	s.Replay(1, 0)
	s.Replay(letters[1].ID, 1)
	s.Settle()
	s.ExpectDead("write_back " + key + " note on support/" + id)
	s.Replay(0, 1)
	s.Replay(0, 0)
	s.Settle()

	s.helpdesk.Inject(zendeskfake.Fault{Method: http.MethodPut, Path: "/api/v2/tickets/" + id, Times: 1, Status: 422})
	s.answerTo(key, 200, map[string]any{"text": "We are on it.", "confirm": 1})
	s.Settle()
	s.expectAnswered(id, "We are on it.", 0)
	s.Replay(s.ExpectDead("answer " + key + " answer 1 to support/" + id)[0].ID, 1)
	s.FastForward(5 * time.Minute)
	s.ExpectDead()
	s.expectAnswered(id, "We are on it.", 1)
	if notes, tags := s.helpdesk.Notes(id), s.helpdesk.Tags(id); len(notes) != 1 || len(tags) != 1 {
		t.Errorf("the ticket has notes %q and tags %q, want one of each", notes, tags)
	}
	s.ExpectVerified()
}

// Replayed answers keep their pace: a helpdesk that refused all of them is not
// flooded once it is mended.
func TestReplayedAnswersKeepTheirPace(t *testing.T) {
	s := newStory(t, followUp("answers_per_minute: 1"))
	tickets := s.customers(3)
	key := s.confirmedIncident(tickets...)
	s.FastForward(2 * time.Minute)
	s.helpdesk.Inject(zendeskfake.Fault{Method: http.MethodPut, Path: "/api/v2/tickets/", Times: 3, Status: 422})
	s.answerTo(key, 200, map[string]any{"text": "We are on it.", "confirm": 3})
	s.FastForward(3 * time.Minute)
	s.Replay(0, 3)
	for sent := 1; sent <= 3; sent++ {
		s.Settle()
		s.ExpectRows("answer_tickets where sent_at is not null", sent)
		s.FastForward(time.Minute)
	}
	s.ExpectDead()
}

// A letter that nobody can deliver any more leaves the list by itself.
func TestDeadLettersEndWithWhatTheyAreAbout(t *testing.T) {
	s := newStory(t)
	closed, rejected := s.Ticket("One", "a"), s.Ticket("Two", "b")
	s.helpdesk.Inject(zendeskfake.Fault{Method: http.MethodPut, Path: "/api/v2/tickets/", Times: 4, Status: 422})
	key := s.confirmedIncident(closed, rejected)
	if n := len(s.DeadLetters()); n != 4 {
		t.Fatalf("%d dead letters, want a tag and a note of each ticket", n)
	}
	s.FastForward(time.Minute)
	s.helpdesk.SetStatus(closed, "closed")
	s.API("PUT", "/incidents/"+key+"/tickets/support/"+rejected, map[string]any{"state": "rejected"}, 200, nil)
	s.Settle()
	s.ExpectDead()
}

// A notice that reached nobody, and a reminder that its target never took, are
// tried again once the target is back, and arrive once.
func TestUndeliveredMessagesAreReplayed(t *testing.T) {
	room := notifyfake.New()
	t.Cleanup(room.Close)
	room.Fail(1000, 404, 0)
	s := newStory(t, anotherTarget("grace", room.Target(), ""))
	s.worker.Reminding.Routes.Groups[""] = "grace"
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(time.Hour)
	letters := s.ExpectDead(fmt.Sprintf("reminder %s follow-up %s reminder 1 to grace", key, s.ExpectFollowUp(key, "closing", id, "due").ID))
	room.Fail(0, 0, 0)
	s.Replay(letters[0].ID, 1)
	s.Settle()
	s.ExpectDead()
	if n := len(room.Messages()); n != 1 {
		t.Errorf("grace got %d messages, want 1", n)
	}

	room.Fail(1000, 503, 0)
	s.exec(`insert into notices (key, target, message, due_at, intent_at) values ('surge/7', 'grace', '{"Key": "surge/7", "Title": "A rise"}', '2026-11-23', '2026-11-23')`)
	s.Rough(func() { s.FastForward(2 * time.Hour) })
	letters = s.ExpectDead("notice surge/7 to grace")
	if letters[0].Attempts != 10 {
		t.Errorf("given up after %d attempts, want 10", letters[0].Attempts)
	}
	room.Fail(0, 0, 0)
	s.Replay(0, 1)
	s.FastForward(time.Minute)
	s.ExpectDead()
	s.ExpectRows("notices where key = 'surge/7' and delivered_at is not null", 1)
}

// A channel that took no message says so; once the chat's settings are mended
// and it is tried again, the impact stands there once.
func TestRefusedChannelPostIsReplayed(t *testing.T) {
	s, chat := newChatStory(t)
	s.Declare(map[string]any{"title": "Payments fail"})
	chat.Refuse("restricted_action")
	chat.Command("C1", "/incident link-channel INC-1")
	letters := s.ExpectDead("channel INC-1 impact in slack/C1")
	chat.Refuse("")
	s.Replay(letters[0].ID, 1)
	s.Settle()
	s.ExpectDead()
	chat.ExpectChannelPost("C1", "INC-1", 0)
}

// A problem that the helpdesk refuses waits to be tried again; where an agent has
// chosen another meanwhile, it leaves the list by itself.
func TestRefusedProblemIsReplayed(t *testing.T) {
	s := newStory(t, writesProblems)
	own := s.Problem("Printers of the office")
	first, second := s.Ticket("A", "a"), s.Ticket("B", "b")
	i := s.Declare(map[string]any{"title": "Payments fail at checkout"})
	s.helpdesk.Inject(zendeskfake.Fault{Method: http.MethodPut, Path: "/api/v2/tickets/", Times: 6, Status: 422})
	for _, id := range []string{first, second} {
		s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+id, map[string]any{"state": "confirmed", "by": "maria"}, 200, nil)
	}
	s.FastForward(3 * time.Minute)
	write := func(kind, id string) string { return "write_back INC-1 " + kind + " on support/" + id }
	s.ExpectDead(write("note", first), write("note", second), write("problem", first), write("problem", second), write("tag", first), write("tag", second))
	s.helpdesk.SetProblem(second, own)
	s.FastForward(3 * time.Minute)
	s.ExpectDead(write("note", first), write("note", second), write("problem", first), write("tag", first), write("tag", second))
	s.Replay(0, 5)
	s.FastForward(time.Minute)
	s.ExpectDead()
	if p := s.helpdesk.Problem(first); p == "" || p == own || s.helpdesk.Problem(second) != own {
		t.Errorf("problems are %q and %q, want ours, and %q that the agent chose", p, s.helpdesk.Problem(second), own)
	}
}
