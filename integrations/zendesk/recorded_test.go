package zendesk

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
)

// recordings returns the folder with answers of the real service. They are not
// part of the project: their licences differ and they name test accounts.
func recordings(t *testing.T) string {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "fixtures", "recorded")
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the recorded answers are missing")
		}
		t.Skip("the recorded answers are not here")
	}
	return folder
}

var zendeskFolders = []string{
	"aaronellington-zendesk-go", "airbyte", "blakmatrix-node-zendesk", "dust", "facetoe-zenpy",
	"nukosuke-go-zendesk", "zendesk-openapi",
}

// handShaped is an API description by a third party, with ids that are words.
const handShaped = "zendesk-support-openapi.yml"

// Everything recorded for Zendesk decodes: each object with an id, wherever it
// stands, by the decoder that belongs to the key it stands under.
func TestEverythingRecordedDecodes(t *testing.T) {
	root := recordings(t)
	found := counts{}
	for _, folder := range zendeskFolders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || entry.Name() == handShaped {
				return err
			}
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var value any
			isYAML := filepath.Ext(path) == ".yml"
			if isYAML {
				err = yaml.Unmarshal(body, &value)
			} else {
				err = json.Unmarshal(body, &value)
			}
			if err != nil {
				return err
			}
			found.walk(t, filepath.Base(path), value, !isYAML)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := counts{"ticket": 434, "user": 6, "organization": 33, "comment": 2, "webhook": 4, "delivery": 3}
	for kind, least := range want {
		if found[kind] < least {
			t.Errorf("decoded %d objects of kind %s, want at least %d", found[kind], kind, least)
		}
	}
	t.Logf("decoded: %v", found)
}

// counts are the decoded objects by kind.
type counts map[string]int

var decoders = map[string]func([]byte) error{
	"ticket":       func(raw []byte) error { _, err := DecodeTicket(raw); return err },
	"user":         func(raw []byte) error { _, err := DecodePerson(raw); return err },
	"organization": func(raw []byte) error { _, err := DecodeOrganization(raw); return err },
	"comment":      func(raw []byte) error { return json.Unmarshal(raw, new(commentJSON)) },
	"webhook":      func(raw []byte) error { return json.Unmarshal(raw, new(webhookJSON)) },
	"delivery":     func(raw []byte) error { _, err := DecodeEvent(raw); return err },
}

// walk decodes what stands under a known key. In OpenAPI files only examples
// are data.
func (c counts) walk(t *testing.T, file string, value any, data bool) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			c.walk(t, file, item, data)
		}
	case map[string]any:
		if kind, _ := v["type"].(string); strings.HasPrefix(kind, "zen:event-type:") {
			c.decode(t, file, "delivery", v)
		}
		for key, item := range v {
			c.member(t, file, strings.TrimSuffix(key, "s"), item, data)
			c.walk(t, file, item, data || key == "example" || key == "value")
		}
	}
}

func (c counts) member(t *testing.T, file, kind string, value any, data bool) {
	if decoders[kind] == nil || !data {
		return
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, item := range list {
		if object, ok := item.(map[string]any); ok && object["id"] != nil {
			c.decode(t, file, kind, object)
		}
	}
}

func (c counts) decode(t *testing.T, file, kind string, object map[string]any) {
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if err := decoders[kind](raw); err != nil {
		t.Errorf("%s: %s %v: %v", file, kind, object["id"], err)
	}
	c[kind]++
}

// An exchange is one recorded request with its answer.
type exchange struct {
	Request  struct{ Method, URI string }
	Response struct {
		Status struct{ Code int }
		Body   json.RawMessage
	}
}

// replay serves recorded answers again: by path, cursor and page cursor.
func replay(t *testing.T, name string) (*Client, []exchange) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(recordings(t), "facetoe-zenpy", name))
	if err != nil {
		t.Fatal(err)
	}
	var tape []exchange
	if err := json.Unmarshal(body, &tape); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, x := range tape {
			u, err := url.Parse(x.Request.URI)
			same := err == nil && u.Path == r.URL.Path && u.Query().Get("cursor") == r.URL.Query().Get("cursor")
			if same && x.Request.Method == r.Method {
				w.WriteHeader(x.Response.Status.Code)
				_, _ = w.Write(x.Response.Body)
				return
			}
		}
		http.Error(w, "not recorded", http.StatusTeapot)
	}))
	t.Cleanup(server.Close)
	client, err := New(Config{URL: server.URL, Email: "bot@example.com", APIToken: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return client, tape
}

func TestRecordedExportInOnePage(t *testing.T) {
	client, _ := replay(t, "incremental_tickets_2024-02.json")
	page, err := client.Export(t.Context(), "", time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Tickets) != 87 || !page.End || page.Cursor != "MTcwNzI3MTc0MS4wfHw0MDQ1fA==" {
		t.Errorf("got %d tickets, end %v, cursor %s", len(page.Tickets), page.End, page.Cursor)
	}
	byID := map[string]integrations.Ticket{}
	statuses := map[string]int{}
	for _, ticket := range page.Tickets {
		byID[ticket.ID] = ticket
		statuses[ticket.Status]++
	}
	if diff := cmp.Diff(map[string]int{"new": 77, "pending": 8, "deleted": 1, "open": 1}, statuses); diff != "" {
		t.Error(diff)
	}
	wiped := byID["4034"]
	if !wiped.Scrubbed || wiped.Subject != "" || wiped.GeneratedAt.Unix() != 1700716703 || !wiped.GeneratedAt.After(wiped.UpdatedAt) {
		t.Errorf("scrubbed ticket: %+v", wiped)
	}
	if diff := cmp.Diff([]string{"foo", "new", "tag"}, byID["4043"].Tags); diff != "" {
		t.Error(diff)
	}
	got := byID["31"]
	want := integrations.Ticket{
		ID: "31", Subject: "test", Description: "test", Status: "new", Channel: "api", Tags: []string{},
		RequesterID: "6130907993114", OrganizationID: "6130869157658", FormID: "6130830344474", BrandID: "6130830354842",
		CreatedAt:   time.Date(2023, 9, 18, 15, 57, 42, 0, time.UTC),
		UpdatedAt:   time.Date(2023, 9, 18, 15, 57, 42, 0, time.UTC),
		GeneratedAt: time.Date(2023, 9, 18, 15, 57, 43, 0, time.UTC),
		Fields:      map[string]json.RawMessage{}, Raw: got.Raw,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Thirty recorded pages of one ticket each, with cursors that cannot be guessed.
func TestRecordedExportPageByPage(t *testing.T) {
	client, tape := replay(t, "incremental_tickets_paging_2023-09.json")
	cursor, pages, seen := "", 0, map[string]bool{}
	for {
		page, err := client.Export(t.Context(), cursor, time.Unix(0, 0))
		if e, ok := errors.AsType[*integrations.Error](err); ok && e.Status == http.StatusTeapot {
			break
		}
		if err != nil || page.End {
			t.Fatal(page.End, err)
		}
		cursor, pages = page.Cursor, pages+1
		for _, ticket := range page.Tickets {
			seen[ticket.ID] = true
		}
	}
	if pages != 30 || len(seen) != 30 {
		t.Errorf("%d pages and %d tickets of %d exchanges, want 30", pages, len(seen), len(tape))
	}
}

func TestRecordedShowManyAndMe(t *testing.T) {
	many, _ := replay(t, "ticket_update_many_jobs.json")
	page, err := many.Fetch(t.Context(), []string{"3962"})
	if err != nil || len(page.Tickets) != 50 {
		t.Errorf("fetched %d tickets (%v), want 50", len(page.Tickets), err)
	}
	me, _ := replay(t, "users_me.json")
	person, err := me.Me(t.Context())
	if err != nil || person.ID != "6130907993114" || person.Role != "admin" || person.TimeZone != "America/New_York" {
		t.Errorf("me is %+v (%v)", person, err)
	}
}

func TestRecordedUnknownTicketIsNotFound(t *testing.T) {
	client, _ := replay(t, "ticket_update_404.json")
	err := client.AddNote(t.Context(), "9223372036854775807", "a note")
	e, ok := errors.AsType[*integrations.Error](err)
	if !ok || e.Kind != integrations.NotFound || e.Detail != "RecordNotFound" {
		t.Errorf("got %v", err)
	}
}

func TestRecordedSignature(t *testing.T) {
	folder := filepath.Join(recordings(t), "aaronellington-zendesk-go")
	body, err := os.ReadFile(filepath.Join(folder, "webhook_group_membership_created.body.json"))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := os.ReadFile(filepath.Join(folder, "webhook_group_membership_created.meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]string
	if err := json.Unmarshal(meta, &values); err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set(signatureHeader, values[signatureHeader])
	header.Set(timestampHeader, values[timestampHeader])
	if err := Verify(header, body, integrations.Check{Secret: values["signing_secret"], Now: time.Unix(1234, 0), MaxAge: time.Minute}); err != nil {
		t.Error(err)
	}
	event, err := DecodeEvent(body)
	if err != nil || event.Type != "user.group_membership_created" || event.Ticket.ID != "" {
		t.Errorf("decoded %+v (%v)", event, err)
	}
}

func TestRecordedEvents(t *testing.T) {
	root := recordings(t)
	for file, want := range map[string]integrations.TicketEvent{
		"facetoe-zenpy/delivered_user_deleted.body.json": {
			ID: "b3695d61-2ef4-4e9c-97af-1f065c099564", Type: "user.deleted",
		},
		"dust/zendesk_event_ticket_created.json": {
			ID: "cbe4028c-7239-495d-b020-f22348516046", Type: "ticket.created", ActorID: "8447388090494",
			Ticket: integrations.Ticket{
				ID: "5158", Subject: "Cannot login to mobile app",
				Description: "Customer is experiencing login issues with the mobile app",
				Status:      "open", Priority: "high", Type: "problem", Channel: "web_service", Tags: []string{"login", "mobile"},
				RequesterID: "8447388090494", OrganizationID: "8447346622462", AssigneeID: "8447388090494",
				GroupID: "8447320466430", FormID: "8646151517822", BrandID: "8447346621310",
				CreatedAt:   time.Date(2025, 1, 8, 10, 12, 7, 0, time.UTC),
				UpdatedAt:   time.Date(2025, 1, 8, 10, 12, 7, 0, time.UTC),
				GeneratedAt: time.Date(2025, 1, 8, 10, 12, 7, 672717030, time.UTC),
			},
		},
	} {
		body, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeEvent(body)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}
