package followup

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheFirstOverrideThatMatchesWins(t *testing.T) {
	hour, minute := Span{D: time.Hour}, Span{D: time.Minute}
	p := DefaultPolicy()
	p.Overrides = []Override{
		{Severities: []string{"critical"}, Plans: []string{"gold"}, FirstReply: &minute},
		{Organizations: []string{"acme"}, FirstReply: &hour, Remind: []Span{}},
	}
	for _, c := range []struct {
		severity, plan, organization string
		want                         time.Duration
		reminders                    int
	}{
		{"critical", "gold", "acme", time.Minute, 3},
		{"minor", "gold", "acme", time.Hour, 0},
		{"critical", "free", "acme", time.Hour, 0},
		{"critical", "free", "", 30 * time.Minute, 3},
	} {
		got := p.For(c.severity, c.plan, c.organization)
		if got.FirstReply.D != c.want || len(got.Remind) != c.reminders {
			t.Errorf("%s, %s, %s: %s and %d reminders, want %s and %d", c.severity, c.plan, c.organization,
				got.FirstReply, len(got.Remind), c.want, c.reminders)
		}
		if again := got.For(c.severity, c.plan, c.organization); again.FirstReply != got.FirstReply {
			t.Errorf("asked twice: %s, want %s", again.FirstReply, got.FirstReply)
		}
	}
}

func TestRemindersGoToTheAssigneeElseTheGroupElseTheDefault(t *testing.T) {
	r := Routes{
		Agents:   map[string]string{"ann": "ann-dm", "cleo@acme.example": "cleo-dm"},
		Groups:   map[string]string{"billing": "billing-room"},
		Default:  []string{"leads"},
		Escalate: []string{"managers", "leads"},
	}
	for _, c := range []struct {
		assignee, email, group string
		escalate               bool
		want                   []string
	}{
		{"ann", "", "billing", false, []string{"ann-dm"}},
		{"cleo", "Cleo@acme.example", "billing", false, []string{"cleo-dm"}},
		{"bob", "bob@acme.example", "billing", false, []string{"billing-room"}},
		{"bob", "", "other", false, []string{"leads"}},
		{"", "", "", false, []string{"leads"}},
		{"ann", "", "billing", true, []string{"ann-dm", "leads", "managers"}},
		{"", "", "", true, []string{"leads", "managers"}},
	} {
		got := r.For(FollowUp{Assignee: c.assignee, Group: c.group}, c.email, c.escalate)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
}
