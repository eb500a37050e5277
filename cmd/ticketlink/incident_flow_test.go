package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

type incidentAnswer struct {
	Key, Title, Severity, Status, Source string
	Services, Tags                       []string
	StartedAt                            time.Time  `json:"started_at"`
	DetectedAt                           *time.Time `json:"detected_at"`
	ResolvedAt                           *time.Time `json:"resolved_at"`
	Phases                               []struct {
		StartedAt time.Time  `json:"started_at"`
		EndedAt   *time.Time `json:"ended_at"`
	}
}

// Declare declares an incident through the API.
func (s *story) Declare(fields map[string]any) incidentAnswer {
	s.t.Helper()
	var i incidentAnswer
	s.API("POST", "/incidents", fields, 201, &i)
	s.Settle()
	return i
}

// Incidents lists all incidents, newest first.
func (s *story) Incidents() []incidentAnswer {
	s.t.Helper()
	var page struct{ Items []incidentAnswer }
	s.API("GET", "/incidents", nil, 200, &page)
	return page.Items
}

// The life cycle, with keys people can say.
func TestIncidentLifeCycle(t *testing.T) {
	s := newStory(t)
	first := s.Declare(map[string]any{"title": "Login loops", "severity": "sev2", "services": []string{"auth"}, "tags": []string{"Login"}})
	if first.Key != "INC-1" || first.Status != "open" || !first.StartedAt.Equal(s.clock()) || !slices.Equal(first.Tags, []string{"login"}) {
		t.Errorf("declared %+v", first)
	}
	s.Declare(map[string]any{"title": "By hand", "key": "INC-2"})
	if third := s.Declare(map[string]any{"title": "Numbers go on"}); third.Key != "INC-3" {
		t.Errorf("key is %s, want INC-3 because INC-2 is taken", third.Key)
	}
	s.API("POST", "/incidents", map[string]any{"title": "Again", "key": "INC-2"}, 409, nil)

	s.Skip(time.Hour)
	s.API("PATCH", "/incidents/INC-1", map[string]any{"severity": "sev1", "started_at": "2026-11-23T09:30:00+02:00"}, 200, &first)
	if want := time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC); first.Severity != "sev1" || !first.StartedAt.Equal(want) || first.Title != "Login loops" {
		t.Errorf("updated %+v", first)
	}
	s.API("POST", "/incidents/INC-1/resolve", map[string]any{"message": "rolled back"}, 200, &first)
	s.API("POST", "/incidents/INC-1/resolve", nil, 409, nil)
	s.Skip(time.Hour)
	s.API("POST", "/incidents/INC-1/reopen", nil, 200, &first)
	s.API("POST", "/incidents/INC-1/reopen", nil, 409, nil)
	if len(first.Phases) != 2 || first.Phases[0].EndedAt == nil || first.Phases[1].EndedAt != nil || first.Status != "open" || first.ResolvedAt != nil {
		t.Errorf("reopened %+v", first)
	}
	if keys := s.keys("open"); !slices.Equal(keys, []string{"INC-3", "INC-2", "INC-1"}) {
		t.Errorf("open are %v", keys)
	}
}

func (s *story) keys(status string) (keys []string) {
	s.t.Helper()
	cursor := ""
	for {
		var page struct {
			Items []incidentAnswer
			Next  string `json:"next_cursor"`
		}
		s.API("GET", "/incidents?limit=2&status="+status+"&cursor="+cursor, nil, 200, &page)
		for _, i := range page.Items {
			keys = append(keys, i.Key)
		}
		if cursor = page.Next; cursor == "" {
			return keys
		}
	}
}

func TestIncidentRefusals(t *testing.T) {
	s := newStory(t)
	s.Declare(map[string]any{"title": "There"})
	tests := []struct {
		name, method, path string
		body               any
		code               int
	}{
		{"no title", "POST", "/incidents", map[string]any{"severity": "sev1"}, 422},
		{"blank title", "POST", "/incidents", map[string]any{"title": "  "}, 422},
		{"a key with spaces", "POST", "/incidents", map[string]any{"title": "a", "key": "my incident"}, 422},
		{"a wrong type", "POST", "/incidents", map[string]any{"title": 7}, 422},
		{"an unknown field", "POST", "/incidents", map[string]any{"title": "a", "colour": "red"}, 422},
		{"a start far ahead", "POST", "/incidents", map[string]any{"title": "a", "started_at": "2027-01-01T00:00:00Z"}, 422},
		{"resolved before it started", "POST", "/incidents/INC-1/resolve", map[string]any{"resolved_at": "2020-01-01T00:00:00Z"}, 422},
		{"an unknown key", "GET", "/incidents/INC-99", nil, 404},
		{"a bad cursor", "GET", "/incidents?cursor=!!", nil, 422},
		{"a limit over the limit", "GET", "/incidents?limit=501", nil, 422},
		{"an unknown ticket", "PUT", "/incidents/INC-1/tickets/support/1", map[string]any{"state": "confirmed"}, 404},
		{"an unknown state", "PUT", "/incidents/INC-1/tickets/support/1", map[string]any{"state": "maybe"}, 422},
		{"an unknown follow-up", "POST", "/follow-ups/9/done", nil, 404},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { s.API(test.method, test.path, test.body, test.code, nil) })
	}
}

// Nulls are what many clients send for "not known".
func TestDeclareWithNulls(t *testing.T) {
	s := newStory(t)
	s.Declare(map[string]any{"title": "Some are null", "summary": nil, "severity": nil, "detected_at": nil, "started_at": nil, "services": nil, "tags": nil, "key": nil, "external_url": nil})
}

// Two deliveries of one alert are one incident, however they are grouped.
func TestAlertsAreOneIncident(t *testing.T) {
	s := newStory(t)
	began := s.clock()
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.FastForward(time.Minute)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)    // repeat_interval
	s.Alert("firing", "GroupedOtherwise", "payments", "f1", began) // another route
	s.Alert("firing", "PaymentErrors", "checkout", "f2", began)    // the group grows
	if all := s.Incidents(); len(all) != 1 || !slices.Equal(all[0].Services, []string{"checkout", "payments"}) || all[0].Source != "prometheus" {
		t.Fatalf("incidents are %+v, want one of both services", all)
	}
	s.FastForward(time.Minute)
	s.Alert("resolved", "PaymentErrors", "payments", "f1", began)
	if s.Incidents()[0].Status != "open" {
		t.Error("resolved while an alert still fires")
	}
	s.Alert("resolved", "PaymentErrors", "checkout", "f2", began)
	if got := s.Incidents()[0]; got.Status != "resolved" || !got.ResolvedAt.Equal(s.clock()) {
		t.Errorf("after the last alert the incident is %+v", got)
	}
	s.Alert("firing", "PaymentErrors", "payments", "f1", began) // a late repeat
	if all := s.Incidents(); len(all) != 1 || all[0].Status != "resolved" {
		t.Errorf("a late repeat made of it %+v", all)
	}
	s.Skip(time.Hour)
	s.Alert("firing", "PaymentErrors", "payments", "f1", s.clock())
	if all := s.Incidents(); len(all) != 2 {
		t.Errorf("a new firing an hour later: %d incidents, want 2", len(all))
	}
}

// Declared late, tickets from before are found; moving the start finds more.
func TestLateDeclarationLinksWhatCameBefore(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	tickets := s.PaymentTickets(10)
	s.FastForward(40 * time.Minute)
	i := s.Declare(map[string]any{"title": "Payments fail at checkout", "services": []string{"payments"}, "tags": []string{"payments"},
		"started_at": s.clock().Add(-45 * time.Minute)})
	s.FastForward(2 * time.Minute)
	s.ExpectLinked(i.Key, tickets...)
}

// Tags that agents add later count.
func TestTagsChangedLaterAreScoredAgain(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	i := s.Declare(paymentsFail)
	s.PaymentTickets(8)
	id := s.Ticket("Hilfe", "Es geht nicht.", "new")
	s.FastForward(2 * time.Minute)
	before := s.Links(i.Key)[id].Confidence
	s.helpdesk.SetTags(id, "payments", "checkout")
	s.FastForward(2 * time.Minute)
	if after := s.Links(i.Key)[id].Confidence; after <= before {
		t.Errorf("confidence went from %.2f to %.2f, want it to rise with the tag", before, after)
	}
}

// A person's word outlives the machine's.
func TestDecisionsArePinned(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	tickets := s.PaymentTickets(8)
	i := s.Declare(paymentsFail)
	unrelated := s.Ticket("Please change my invoice address", "We moved.", "how_to")
	s.FastForward(2 * time.Minute)

	var answer linkAnswer
	s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+tickets[0], map[string]any{"state": "rejected", "by": "maria"}, 200, nil)
	s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+unrelated, map[string]any{"state": "confirmed", "by": "maria"}, 200, &answer)
	if answer.Subject != "Please change my invoice address" || answer.State != "confirmed" || answer.DecidedBy != "maria" {
		t.Errorf("the decision is answered with %+v", answer)
	}
	s.API("PATCH", "/incidents/"+i.Key, map[string]any{"keywords": []string{"checkout"}}, 200, nil)
	s.helpdesk.SetTags(tickets[0], "payments", "checkout", "sev1")
	s.FastForward(5 * time.Minute)

	s.ExpectState(i.Key, tickets[0], "rejected")
	s.ExpectState(i.Key, unrelated, "confirmed")
	if by := s.Links(i.Key)[unrelated].DecidedBy; by != "maria" {
		t.Errorf("decided by %q, want maria", by)
	}
}

// Tag and note are written once, taken back, and never become evidence.
func TestWriteBack(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	tickets := s.PaymentTickets(8)
	i := s.Declare(paymentsFail)
	s.FastForward(10 * time.Minute)
	for _, id := range tickets {
		if !slices.Contains(s.helpdesk.Tags(id), "incident_INC-1") {
			t.Errorf("ticket %s has the tags %v, want incident_INC-1", id, s.helpdesk.Tags(id))
		}
		if notes := s.helpdesk.Notes(id); len(notes) != 1 || !strings.Contains(notes[0], "INC-1") {
			t.Errorf("ticket %s has %d notes, want one that names INC-1: %q", id, len(notes), notes)
		}
		for _, e := range s.Links(i.Key)[id].Evidence {
			if strings.Contains(e.Detail, "incident_") {
				t.Errorf("our own tag became evidence: %s", e.Detail)
			}
		}
	}
	s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+tickets[0], map[string]any{"state": "rejected"}, 200, nil)
	s.FastForward(5 * time.Minute)
	if slices.Contains(s.helpdesk.Tags(tickets[0]), "incident_INC-1") {
		t.Error("the tag stayed after the rejection")
	}
	if !slices.Contains(s.helpdesk.Tags(tickets[0]), "payments") {
		t.Error("taking our tag back took another")
	}
}

// Decisions teach the matcher; every version is kept and can be forgotten.
func TestDecisionsTeach(t *testing.T) {
	s := newStory(t)
	tickets := []string{s.Ticket("One", "a", "payouts"), s.Ticket("Two", "b", "payouts")}
	s.Settle()
	i := s.Declare(map[string]any{"title": "Ledger stuck", "services": []string{"ledger"}})
	for _, id := range tickets {
		s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+id, map[string]any{"state": "confirmed"}, 200, nil)
	}
	s.Settle()
	var model struct {
		Version, Decisions int
		Associations       map[string]map[string]any
	}
	s.API("GET", "/model", nil, 200, &model)
	if model.Decisions != 2 || model.Associations["service:ledger"]["tag:payout"] == nil {
		t.Errorf("the model is %+v, want two decisions that tie payouts to ledger", model)
	}
	s.API("POST", "/model/reset", map[string]any{"part": "all"}, 200, &model)
	s.Settle()
	if s.API("GET", "/model", nil, 200, &model); model.Decisions != 0 {
		t.Errorf("after the reset %d decisions are remembered", model.Decisions)
	}
	s.API("POST", "/model/reset", map[string]any{"part": "everything"}, 422, nil)
}

// Off by configuration: nothing is written to tickets.
func TestWriteBackSwitchedOff(t *testing.T) {
	s := newStory(t, func(c string) string {
		return strings.Replace(c, "start_time:", "write_back: {tag: false, note: false}, start_time:", 1)
	})
	id := s.Ticket("One", "a", "mine")
	s.confirmedIncident(id)
	s.FastForward(5 * time.Minute)
	if tags, notes := s.helpdesk.Tags(id), s.helpdesk.Notes(id); !slices.Equal(tags, []string{"mine"}) || len(notes) != 0 {
		t.Errorf("the ticket has the tags %v and %d notes, want it untouched", tags, len(notes))
	}
}

// A closed ticket takes nothing more; that is no failure to repeat. A note
// whose outcome is unknown is looked for before it is written again.
func TestWriteBackIsRefusedOrUncertain(t *testing.T) {
	s := newStory(t)
	closed, cut := s.Ticket("One", "a"), s.Ticket("Two", "b")
	s.helpdesk.SetStatus(closed, "closed")
	s.helpdesk.Inject(zendeskfake.Fault{Method: "PUT", Path: "/api/v2/tickets/" + cut, Times: 2, Drop: true, Applied: true})
	s.Rough(func() {
		s.confirmedIncident(closed, cut)
		s.FastForward(10 * time.Minute)
	})
	if notes := s.helpdesk.Notes(closed); len(notes) != 0 {
		t.Errorf("a closed ticket has %d notes", len(notes))
	}
	if notes := s.helpdesk.Notes(cut); len(notes) != 1 {
		t.Errorf("the ticket whose answers were cut has %d notes, want one", len(notes))
	}
	var due int
	s.must(s.worker.Database.QueryRow(t.Context(), "select count(*) from write_backs where due_at is not null").Scan(&due))
	if due != 0 {
		t.Errorf("%d write-backs are still to be done", due)
	}
}

// What somebody puts right weeks later costs an old incident none of its tickets.
func TestOldIncidentKeepsItsTickets(t *testing.T) {
	s := newStory(t)
	s.Ordinary(60)
	began := s.clock()
	tickets := s.PaymentTickets(8)
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.FastForward(5 * time.Minute)
	s.ExpectLinked("INC-1", tickets...)
	s.API("POST", "/incidents/INC-1/resolve", nil, 200, nil)
	s.Skip(50 * 24 * time.Hour)
	s.API("PATCH", "/incidents/INC-1", map[string]any{"started_at": began.Add(-time.Minute)}, 200, nil)
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", tickets...)
}
