package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// answerTo asks for an answer to all, and returns what the API says.
func (s *story) answerTo(key string, status int, body map[string]any) (v answerView) {
	s.t.Helper()
	s.API("POST", "/incidents/"+key+"/answers", body, status, &v)
	return v
}

// expectAnswered requires how often a ticket got certain words.
func (s *story) expectAnswered(ticket, words string, want int) {
	s.t.Helper()
	got := 0
	for _, reply := range s.helpdesk.Replies(ticket) {
		if reply == words {
			got++
		}
	}
	if got != want {
		s.t.Errorf("ticket %s got %q %d times, want %d", ticket, words, got, want)
	}
}

// speaking is a ticket of somebody with a locale.
func (s *story) speaking(locale string) string {
	who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Customer", Locale: locale})
	return s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "One", Description: "a", RequesterID: who})
}

// The dry run drafts words for the languages that customers speak, counts, and
// sends nothing. Only the right number sends; each ticket hears once in its
// language, at the pace, and its follow-up ends by that.
func TestAnswerToAllAffected(t *testing.T) {
	s := newStory(t, followUp("answers_per_minute: 2"))
	english, austrian, italian := s.speaking("en-US"), s.speaking("de-AT"), s.speaking("it")
	closed := s.speaking("en-US")
	s.helpdesk.SetStatus(closed, "closed")
	key := s.confirmedIncident(english, austrian, italian, closed)
	s.resolve(key)

	draft := s.answerTo(key, 200, map[string]any{})
	if draft.Number != 3 || !strings.Contains(draft.Text, "has been resolved since") || !strings.Contains(draft.Texts["de"], "behoben") {
		t.Errorf("the draft is %+v", draft)
	}
	words := map[string]any{"text": "It works again.", "texts": map[string]string{"de": "Es geht wieder."}, "set_status": "solved"}
	dry := s.answerTo(key, 200, words)
	if diff := cmp.Diff(map[string]int{"de": 1, "other": 2}, dry.Languages); diff != "" || dry.Number != 3 || dry.Confirmed {
		t.Errorf("the dry run is %+v\n%s", dry, diff)
	}
	s.FastForward(time.Minute)
	for _, id := range []string{english, austrian, italian} {
		s.expectAnswered(id, "It works again.", 0)
	}

	words["confirm"] = 4
	s.answerTo(key, 409, words)
	words["confirm"] = 3
	if v := s.answerTo(key, 200, words); !v.Confirmed || v.Waiting != 3 {
		t.Errorf("the answer is %+v", v)
	}
	s.Settle()
	s.expectAnswered(english, "It works again.", 1)
	s.expectAnswered(austrian, "Es geht wieder.", 0) // two a minute
	s.FastForward(3 * time.Minute)
	s.expectAnswered(austrian, "Es geht wieder.", 1)
	s.expectAnswered(italian, "It works again.", 1)
	s.ExpectFollowUp(key, "closing", austrian, "done")
	if got := s.helpdesk.Status(italian); got != "solved" {
		t.Errorf("the ticket is %s, want solved", got)
	}

	// The same words again: everybody has them.
	if again := s.answerTo(key, 200, map[string]any{"text": words["text"], "texts": words["texts"], "set_status": "solved"}); again.Number != 0 {
		t.Errorf("%d tickets would get the same words again", again.Number)
	}
	var page struct{ Items []answerView }
	s.API("GET", "/incidents/"+key+"/answers", nil, 200, &page)
	if len(page.Items) != 1 || page.Items[0].Sent != 3 || page.Items[0].Waiting != 0 {
		t.Errorf("the answers are %+v", page.Items)
	}
}

// An answer whose outcome is not known is looked for before it is repeated:
// whether it had arrived or not, each ticket hears once.
func TestAnAnswerIsNeverSentTwice(t *testing.T) {
	for name, fault := range map[string]zendeskfake.Fault{
		"it had arrived":     {Method: http.MethodPut, Path: "/api/v2/tickets/", Times: 1, Drop: true, Applied: true},
		"it had not arrived": {Method: http.MethodPut, Path: "/api/v2/tickets/", Times: 1, Drop: true},
		"rate limited":       {Method: http.MethodPut, Path: "/api/v2/tickets/", Times: 3, Status: 429, RetryAfter: "20"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			tickets := s.customers(5)
			key := s.confirmedIncident(tickets...)
			s.FastForward(2 * time.Minute) // what links write to the tickets is done
			s.helpdesk.Inject(fault)
			s.answerTo(key, 200, map[string]any{"text": "We are on it.", "confirm": 5})
			s.Rough(func() { s.FastForward(10 * time.Minute) })
			for _, id := range tickets {
				s.expectAnswered(id, "We are on it.", 1)
			}
		})
	}
}

// What is stopped goes on when it is confirmed again, for those who have not heard.
func TestAnAnswerIsStoppedAndResumed(t *testing.T) {
	s := newStory(t, followUp("answers_per_minute: 1"))
	tickets := s.customers(4)
	key := s.confirmedIncident(tickets...)
	words := func(confirm int) map[string]any {
		return map[string]any{"text": "We are on it.", "confirm": confirm, "by": "grace"}
	}
	v := s.answerTo(key, 200, words(4))
	s.FastForward(time.Minute)
	s.API("POST", "/incidents/"+key+"/answers/"+v.ID+"/stop", nil, 200, nil)
	s.FastForward(10 * time.Minute)
	heard := 0
	for _, id := range tickets {
		heard += strings.Count(fmt.Sprint(s.helpdesk.Replies(id)), "We are on it.")
	}
	if heard != 2 {
		t.Fatalf("%d tickets heard before the stop, want 2", heard)
	}
	s.answerTo(key, 409, words(4))
	s.answerTo(key, 200, words(2))
	s.FastForward(3 * time.Minute)
	for _, id := range tickets {
		s.expectAnswered(id, "We are on it.", 1)
	}
}

// What cannot be sent is refused before anybody confirms it.
func TestAnswersThatAreRefused(t *testing.T) {
	s := newStory(t)
	key := s.confirmedIncident(s.Ticket("One", "a"))
	s.answerTo(key, 422, map[string]any{"confirm": 1})
	s.answerTo(key, 422, map[string]any{"text": "Hello {{ticket.requester.name}}"})
	s.answerTo(key, 422, map[string]any{"text": "  ", "confirm": 1})
	s.answerTo("INC-99", 404, map[string]any{"text": "Hello"})
}
