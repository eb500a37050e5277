package followup

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func wording(t *testing.T, language string) *Wording {
	t.Helper()
	w, err := NewWording(language, "")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAReminderSaysWhatToDoAndNamesNobody(t *testing.T) {
	in := story()
	in.Tickets = append(in.Tickets, ticket("2", "7", "09:55"))
	in.resolve("13:00")
	f := in.plan()[0]
	n := Notice{
		ID: "17", FollowUp: f, IncidentTitle: "Checkout\r\nfails", IncidentURL: "https://ticketlink.example/i/INC-42",
		TicketURLs: map[string]string{"1": "https://acme.example/tickets/1"},
		Stage:      3, Escalate: true, Now: clockTime("16:05"),
	}
	got := wording(t, "en").Reminder(n)
	want := Message{
		Key:     "INC-42/support/7/closing/1/reminder/3",
		Subject: "Escalation: INC-42: tell the customer that it is resolved (ticket 1)",
		Text: strings.Join([]string{
			"Incident INC-42: Checkout fails",
			"Please tell the customer that it is resolved. Due at 14:00 UTC on 2 March, 2 h 5 min ago.",
			"",
			"Ticket 1 https://acme.example/tickets/1",
			"Ticket 2",
			"All are from one customer: answering any of them is enough.",
			"",
			"The incident is resolved and this customer has not heard since. A public reply ends this reminder; a reply from before the resolution does not count.",
			"https://ticketlink.example/i/INC-42",
			"",
		}, "\n"),
		URL: "https://ticketlink.example/i/INC-42",
		Fields: map[string]string{
			"incident": "INC-42", "follow_up_id": "17", "kind": "closing", "helpdesk": "support",
			"ticket_id": "1", "ticket_ids": "1,2", "assignee": "agent-1", "due_at": "2026-03-02T14:00:00Z",
			"reason": f.Reason, "stage": "3", "escalation": "true", "language": "en",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the message differs (-want +got):\n%s", diff)
	}
}

// Every language says everything, and differently for each kind.
func TestEveryLanguageHasItsWords(t *testing.T) {
	for _, language := range Languages() {
		w := wording(t, language)
		if err := w.try(); err != nil {
			t.Errorf("%s: %v", language, err)
		}
		said := map[string]bool{}
		for _, k := range []Kind{FirstReply, Update, Closing} {
			n := Notice{FollowUp: FollowUp{Incident: "INC-1", Kind: k, TicketID: "5", TicketIDs: []string{"5"}, DueAt: clockTime("10:00")}, Now: clockTime("10:00")}
			m, d := w.Reminder(n), w.Digest(1, []Notice{n})
			said[m.Subject], said[m.Text], said[d.Text] = true, true, true
			if strings.Contains(m.Text+d.Text, "<no value>") {
				t.Errorf("%s, %s: %s%s", language, k, m.Text, d.Text)
			}
		}
		if len(said) != 9 {
			t.Errorf("%s says the same for two kinds: %v", language, said)
		}
	}
}

func TestADigestNamesEveryTicketUnderItsIncident(t *testing.T) {
	notice := func(id, incident string, kind Kind, tickets ...string) Notice {
		return Notice{ID: id, IncidentTitle: "Title of " + incident, Now: clockTime("12:00"),
			FollowUp: FollowUp{Incident: incident, Kind: kind, TicketID: tickets[0], TicketIDs: tickets, DueAt: clockTime("11:00")}}
	}
	got := wording(t, "en").Digest(7, []Notice{notice("1", "INC-1", Closing, "11", "12"), notice("2", "INC-2", Update, "21"), notice("3", "INC-1", Closing, "13")})
	want := Message{
		Key: "digest/7", Subject: "3 follow-ups are due: INC-1, INC-2",
		Text: strings.Join([]string{
			"Incident INC-1: Title of INC-1",
			"- ticket 11, 12: tell the customer that it is resolved, due at 11:00 UTC on 2 March, 1 h 0 min ago",
			"- ticket 13: tell the customer that it is resolved, due at 11:00 UTC on 2 March, 1 h 0 min ago",
			"",
			"Incident INC-2: Title of INC-2",
			"- ticket 21: send news, due at 11:00 UTC on 2 March, 1 h 0 min ago",
			"",
			"A public reply on a customer's ticket ends its reminders.",
			"",
		}, "\n"),
		Fields: map[string]string{"kind": "closing,update", "follow_up_ids": "1,2,3", "ticket_ids": "11,12,21,13",
			"incident_ids": "INC-1,INC-2", "escalation": "false", "language": "en"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the digest differs (-want +got):\n%s", diff)
	}
}

// A team's own templates replace ours one by one, and are tried at the start.
func TestTeamsOwnWords(t *testing.T) {
	w, err := NewWording("de", `{{define "subject"}}[{{.Kind}}] {{.TicketID}}{{end}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []string{
		`{{define "sign"}}Support{{end}}{{define "answer"}}Hello. {{template "sign"}}{{end}}`,
		"{{define `sign`}}Support{{end}}{{define `answer`}}Hello. {{- template  `sign` .}}{{end}}",
		`{{define "answer"}}Hello. {{block "sign" .}}Support{{end}}{{end}}`,
	} {
		if _, err := NewWording("de", own); err != nil {
			t.Errorf("a template of its own, called: %v", err)
		}
	}
	m := w.Reminder(Notice{FollowUp: FollowUp{Incident: "INC-1", Kind: Closing, TicketID: "5", DueAt: clockTime("10:00")}, Now: clockTime("10:00")})
	if m.Subject != "[closing] 5" || !strings.HasPrefix(m.Text, "Störung INC-1") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
	for own, want := range map[string]string{
		`{{define "subject"}}`:                                    "read the templates",
		`{{define "text"}}{{.Customer}}{{end}}`:                   `line 1:19: executing "text" at <.Customer>: can't evaluate field Customer; it knows .Incident, .Title,`,
		`{{define "subjct"}}x{{end}}`:                             `"subjct" is never said: name it one of subject, text, digest_subject, digest, answer`,
		`Please answer {{.TicketID}}.`:                            "text stands outside of the templates",
		`{{define "digest"}}{{""}}{{end}}`:                        "says nothing",
		`{{define "answer"}}{{.StartedAt.Format}}{{end}}`:         "answer",
		`{{define "digest_subject"}}{{template "none" .}}{{end}}`: "none",
	} {
		if _, err := NewWording("en", own); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one that says %q", own, err, want)
		}
	}
	if _, err := NewWording("tlh", ""); err == nil || !strings.Contains(err.Error(), "de, en, es, fr") {
		t.Errorf("an unknown language gives %v", err)
	}
}

func TestDraftsOfAnswers(t *testing.T) {
	f := AnswerFacts{Incident: "INC-1", Title: "Checkout\nfails", StartedAt: clockTime("09:00")}
	if got := wording(t, "en").Answer(f); !strings.Contains(got, "(Checkout fails)") || !strings.Contains(got, "working on it") {
		t.Errorf("open: %s", got)
	}
	f.ResolvedAt, f.Message = clockTime("11:00"), "A certificate had expired."
	if got := wording(t, "de").Answer(f); !strings.Contains(got, "02.03. um 11:00 UTC behoben. A certificate had expired.") {
		t.Errorf("resolved: %s", got)
	}
}

// Up to so many reminders come by themselves; more are one digest; a later
// stage of a follow-up takes an earlier one's place.
func TestGather(t *testing.T) {
	waiting := func(target string, n int) (all []Waiting) {
		for i := range n {
			all = append(all, Waiting{FollowUp: int64(i), Stage: 1, Target: target})
		}
		return all
	}
	for _, c := range []struct {
		name    string
		waiting []Waiting
		upTo    int
		want    []int // told in each message
	}{
		{"none", nil, 5, nil},
		{"five by themselves", waiting("a", 5), 5, []int{1, 1, 1, 1, 1}},
		{"six in one", waiting("a", 6), 5, []int{6}},
		{"as many as one holds", waiting("a", 40), 5, []int{40}},
		{"one more", waiting("a", 41), 5, []int{40, 1}},
		{"each target for itself", slices.Concat(waiting("a", 2), waiting("b", 3)), 2, []int{1, 1, 3}},
		{"never", waiting("a", 3), 0, []int{1, 1, 1}},
		{"stages of one", []Waiting{{1, 1, "a"}, {1, 2, "a"}, {2, 1, "a"}}, 1, []int{2}},
	} {
		var got []int
		for _, g := range Gather(c.waiting, func(string) int { return c.upTo }) {
			got = append(got, len(g.Told))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestGatherLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var waiting []Waiting
		for _, target := range []string{"a", "b"} {
			for id := range rapid.IntRange(0, 100).Draw(t, "follow-ups") {
				for stage := range rapid.IntRange(1, 3).Draw(t, "stages") {
					waiting = append(waiting, Waiting{int64(id), stage + 1, target})
				}
			}
		}
		upTo := rapid.IntRange(0, 8).Draw(t, "up to")
		var all []Waiting
		for _, g := range Gather(waiting, func(string) int { return upTo }) {
			if len(g.Told) == 0 || len(g.Told) > maxDigest {
				t.Fatalf("a message tells %d", len(g.Told))
			}
			all = append(all, slices.Concat(g.Told, g.Superseded)...)
		}
		slices.SortFunc(all, func(a, b Waiting) int {
			return strings.Compare(a.Target, b.Target)*1000 + int(a.FollowUp-b.FollowUp)*10 + a.Stage - b.Stage
		})
		if diff := cmp.Diff(waiting, all); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Minute:                  "1 min",
		time.Hour - 1:                "59 min",
		time.Hour:                    "1 h 0 min",
		24*time.Hour - time.Second:   "23 h 59 min",
		26*time.Hour + 5*time.Minute: "1 d 2 h",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// The key goes into an HTTP header, whatever a helpdesk calls its people.
func TestKeysAreSafeInAHeader(t *testing.T) {
	in := story()
	in.Incident.Key = "INC 42\r\n/é"
	in.Tickets[0].Requester = "a b\x00/\U0001F600"
	if key := in.plan()[0].Key; strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.Count(key, "/") != 4 {
		t.Errorf("key %q", key)
	}
}
