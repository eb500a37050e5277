package worker

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
)

func TestKeysThatAnUpdateNames(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"see ticketlink:INC-7.", []string{"INC-7"}},
		{"https://ours.example/incidents/INC-7", []string{"INC-7"}},
		{"(https://ours.example/incidents/INC-7), ticketlink:2026-checkout", []string{"2026-checkout", "INC-7"}},
		{"INC-7 is down", nil}, // another tool's number
		{"https://theirs.example/incidents/INC-7", nil},
		{"myticketlink:INC-7", nil},
		{"https://ours.example/incidents/INC-7/tickets", nil},
	}
	for _, tt := range tests {
		got := namedKeys(integrations.IncidentUpdate{Summary: tt.text}, "https://ours.example/")
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.text, diff)
		}
	}
}

func TestAddressesThatTellIncidentsApart(t *testing.T) {
	u := integrations.IncidentUpdate{URL: "https://a.example/1", Links: []string{"https://a.example/1", "https://front.example/", "https://b.example"},
		Summary: "Look at https://c.example/x?y=1, or <https://d.example/#z>."}
	want := []string{"https://a.example/1", "https://c.example/x?y=1", "https://d.example/#z"}
	if diff := cmp.Diff(want, addresses(u)); diff != "" {
		t.Error(diff)
	}
}
