package zendesk_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

func TestRepliesTellAgentsAndCustomers(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	id := d.ticket()
	d.PublicReply(id, d.agent, noon.Add(time.Minute))
	d.Note(id, d.agent, "internal", noon.Add(2*time.Minute))
	d.CustomerComment(id, noon.Add(3*time.Minute))
	for range 120 { // a second page
		d.CustomerComment(id, noon.Add(4*time.Minute))
	}
	replies, err := d.client.Replies(t.Context(), id)
	if err != nil || len(replies) != 124 {
		t.Fatalf("got %d replies (%v)", len(replies), err)
	}
	type seen struct {
		Agent, Public bool
		At            time.Time
	}
	var got []seen
	for _, r := range replies[:4] {
		got = append(got, seen{r.Agent, r.Public, r.At})
	}
	if diff := cmp.Diff([]seen{
		{false, true, noon}, {true, true, noon.Add(time.Minute)}, {true, false, noon.Add(2 * time.Minute)}, {false, true, noon.Add(3 * time.Minute)},
	}, got); diff != "" {
		t.Error(diff)
	}
	d.Delete(id)
	_, err = d.client.Replies(t.Context(), id)
	wantKind(t, err, integrations.NotFound)
}

func TestWriteBack(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	ctx, id := t.Context(), d.ticket("api")
	for range 2 { // twice is as good as once
		if err := d.client.AddTags(ctx, id, []string{"incident_inc-42"}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"api", "incident_inc-42"}, d.Tags(id)); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		if err := d.client.RemoveTags(ctx, id, []string{"incident_inc-42"}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"api"}, d.Tags(id)); diff != "" {
		t.Error(diff)
	}
	if err := d.client.Reply(ctx, id, "It is fixed.", ""); err != nil {
		t.Fatal(err)
	}
	if got := d.Replies(id); got[len(got)-1] != "It is fixed." || len(d.Notes(id)) != 0 {
		t.Errorf("replies %q, notes %q", got, d.Notes(id))
	}
}

// A note whose outcome is unknown is looked for before it is sent again.
func TestNoteIsFoundAfterALostAnswer(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	ctx, id := t.Context(), d.ticket()
	const note = "Linked to INC-42.\n[ticketlink INC-42]"
	if found, err := d.client.HasNote(ctx, id, "[ticketlink INC-42]"); found || err != nil {
		t.Fatal(found, err)
	}
	d.Inject(zendeskfake.Fault{Method: http.MethodPut, Times: 1, Drop: true, Applied: true})
	wantKind(t, d.client.AddNote(ctx, id, note), integrations.Temporary)
	if found, err := d.client.HasNote(ctx, id, "[ticketlink INC-42]"); !found || err != nil {
		t.Error(found, err)
	}
	d.PublicReply(id, d.agent, noon)
	if found, err := d.client.HasNote(ctx, id, "We are looking into it"); found || err != nil {
		t.Error("a public reply was taken for a note", err)
	}
}

// A reply whose outcome is unknown is looked for before it is sent again: ours,
// with these words, and since the intent.
func TestReplyIsFoundAfterALostAnswer(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	ctx, id := t.Context(), d.ticket()
	const words = "It is fixed.\n\nWe are sorry."
	has := func(since time.Time) bool {
		t.Helper()
		found, err := d.client.HasReply(ctx, id, words, since)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	since := noon.Add(-time.Minute)
	d.PublicReply(id, d.agent, noon)
	if has(since) {
		t.Error("somebody else's reply was taken for ours")
	}
	d.Inject(zendeskfake.Fault{Method: http.MethodPut, Times: 1, Drop: true, Applied: true})
	wantKind(t, d.client.Reply(ctx, id, words+"  \n--\nSupport", "solved"), integrations.Temporary)
	if !has(since) {
		t.Error("our reply was not found")
	}
	if has(noon.Add(time.Hour)) {
		t.Error("an earlier reply was taken for this one")
	}
	if got := d.Status(id); got != "solved" {
		t.Errorf("the ticket is %s, want solved", got)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	closed, gone := d.ticket(), d.ticket()
	d.SetStatus(closed, "closed")
	d.Delete(gone)
	e := wantKind(t, d.client.AddTags(t.Context(), closed, []string{"x"}), integrations.Refused)
	if e.Status != 422 || e.Detail != "RecordInvalid: the ticket is closed" {
		t.Errorf("got %v", e)
	}
	wantKind(t, d.client.AddNote(t.Context(), closed, "x"), integrations.Refused)
	wantKind(t, d.client.AddNote(t.Context(), gone, "x"), integrations.NotFound)
	d.Inject(zendeskfake.Fault{Times: 1, Status: 409, Body: `{"error":"DatabaseConflict","description":"Database collision"}`})
	if e := wantKind(t, d.client.AddNote(t.Context(), d.ticket(), "x"), integrations.Temporary); e.Detail != "DatabaseConflict" {
		t.Errorf("got %v", e)
	}
}
