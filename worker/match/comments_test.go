package match

import (
	"testing"
	"time"
)

// A ticket counts as it was written or as of the customer's later comment,
// whichever fits better, and once.
func TestComments(t *testing.T) {
	const report = "Our payments fail now with an error at checkout"
	tests := []struct {
		name     string
		written  time.Time
		text     string
		comments []Comment
		linked   bool
		comment  bool // is the reason
	}{
		{"an old question without more", noon.Add(-72 * time.Hour), "Where are saved searches", nil, false, false},
		{"becomes a report", noon.Add(-72 * time.Hour), "Where are saved searches", []Comment{{noon.Add(time.Hour), report}}, true, true},
		{"by the second comment", noon.Add(-72 * time.Hour), "Where are saved searches",
			[]Comment{{noon.Add(-48 * time.Hour), "Found them, thanks"}, {noon.Add(time.Hour), report}}, true, true},
		{"long before the incident", noon.Add(-96 * time.Hour), "Where are saved searches", []Comment{{noon.Add(-72 * time.Hour), report}}, false, false},
		{"a report stays one when more is said", noon.Add(time.Hour), report, []Comment{{noon.Add(30 * time.Hour), "Works again, thanks"}}, true, false},
	}
	for _, test := range tests {
		w := newWorld(4, 24)
		c := w.corpus(DefaultPolicy())
		x := Ticket{ID: "x", CreatedAt: test.written, Subject: test.text, Tags: []string{"web_form"}, Comments: test.comments}
		c.Put(x)
		c.Put(x) // an update says the same again
		var found []Link
		for _, l := range c.Match(w.query()) {
			if l.TicketID == "x" && l.IncidentID == "A" {
				found = append(found, l)
			}
		}
		if test.linked != (len(found) == 1) || len(found) > 1 {
			t.Errorf("%s: %+v", test.name, found)
			continue
		}
		for _, l := range found {
			if got := l.Evidence[len(l.Evidence)-1].Kind == "comment"; got != test.comment {
				t.Errorf("%s: %+v", test.name, l.Evidence)
			}
		}
		c.Remove("x")
		if len(c.later) > 0 {
			t.Errorf("%s: a removed ticket leaves %d comments", test.name, len(c.later))
		}
	}
}

// A comment leads to the incidents that it speaks of.
func TestACommentIsAWayIn(t *testing.T) {
	inc := Incident{ID: "A", Title: "Payments fail", Services: []string{"payments"}, StartedAt: noon}
	x := NewIndex([]Incident{inc}, DefaultPolicy())
	old := Ticket{ID: "x", CreatedAt: noon.Add(-72 * time.Hour), Subject: "A question"}
	if got := x.Candidates(old); len(got) > 0 {
		t.Errorf("an old question leads to %v", got)
	}
	old.Comments = []Comment{{noon.Add(time.Hour), "Now payments are refused"}}
	if got := x.Candidates(old); len(got) != 1 {
		t.Errorf("with the comment it leads to %v, want A", got)
	}
}
