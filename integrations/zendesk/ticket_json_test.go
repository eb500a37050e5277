package zendesk

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
)

// Null or absent everywhere: only the id is needed.
func TestTicketOfNulls(t *testing.T) {
	var nulls strings.Builder
	for _, key := range []string{
		"subject", "description", "status", "priority", "type", "via", "tags", "requester_id", "organization_id",
		"assignee_id", "group_id", "ticket_form_id", "brand_id", "problem_id", "satisfaction_rating", "custom_fields",
		"fields", "created_at", "updated_at", "generated_timestamp",
	} {
		fmt.Fprintf(&nulls, `,%q:null`, key)
	}
	for _, body := range []string{`{"id":35}`, `{"id":35` + nulls.String() + `}`} {
		got, err := DecodeTicket([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		want := integrations.Ticket{ID: "35", Tags: []string{}, Fields: map[string]json.RawMessage{}, Raw: got.Raw}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// Values of another type than documented are empty or taken as they are
// spelled; the rest of the ticket is kept.
func TestTicketOfWrongTypes(t *testing.T) {
	got, err := DecodeTicket([]byte(`{"id":"35","subject":404,"description":["x"],"status":{"a":1},"priority":true,
		"via":"web","tags":"EU api","requester_id":[1],"organization_id":"14000000000001","satisfaction_rating":"good",
		"custom_fields":{"a":1},"fields":[{"id":7,"value":"pro"},{"id":8,"value":null},{"id":null,"value":1}],
		"created_at":12,"updated_at":"tomorrow","generated_timestamp":"1772625600"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := integrations.Ticket{
		ID: "35", Subject: "404", Priority: "true", Tags: []string{"api", "eu"}, OrganizationID: "14000000000001",
		CreatedAt: time.Unix(12, 0).UTC(), GeneratedAt: noon,
		Fields: map[string]json.RawMessage{"7": json.RawMessage(`"pro"`)}, Raw: got.Raw,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTicketWithBadText(t *testing.T) {
	body := "{\"id\":35,\"subject\":\"a\\u0000b\\u001bc \xff\",\"description\":\"\\ud800 half\",\"tags\":[\"A\\u0000\",\" \"]," +
		"\"custom_fields\":[{\"id\":7,\"value\":\"x\\u0000y\"}]}"
	got, err := DecodeTicket([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "abc \uFFFD" || got.Description != "\uFFFD half" || !cmp.Equal(got.Tags, []string{"a"}) {
		t.Errorf("got %q, %q, %q", got.Subject, got.Description, got.Tags)
	}
	if string(got.Fields["7"]) != `"xy"` || strings.Contains(string(got.Raw), `\u0000`) {
		t.Errorf("got field %s, raw %s", got.Fields["7"], got.Raw)
	}
}

func TestTicketWithAThousandTags(t *testing.T) {
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("tag_%03d", i)
	}
	body, _ := json.Marshal(map[string]any{"id": 35, "tags": names})
	got, err := DecodeTicket(body)
	if err != nil || !cmp.Equal(got.Tags, names) {
		t.Errorf("kept %d tags (%v)", len(got.Tags), err)
	}
}

func TestTicketsWithoutAnID(t *testing.T) {
	for _, body := range []string{``, `null`, `[]`, `7`, `{}`, `{"id":null}`, `{"id":0}`, `{"id":"new"}`, `{"id":-3}`, `{"id":35`} {
		if got, err := DecodeTicket([]byte(body)); err == nil {
			t.Errorf("%s: became %+v", body, got)
		}
	}
}

func TestPersonAndOrganization(t *testing.T) {
	person, err := DecodePerson([]byte(`{"id":14000000000001,"name":"Ada","email":null,"role":"end-user","organization_id":null,
		"time_zone":"Madrid","iana_time_zone":"Europe/Madrid","locale":"es","user_fields":{"vip":true,"x":null},
		"updated_at":"2026-03-04T13:00:00+01:00"}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(integrations.Person{
		ID: "14000000000001", Name: "Ada", Role: "end-user", TimeZone: "Europe/Madrid", Locale: "es",
		Fields: map[string]json.RawMessage{"vip": json.RawMessage("true")}, UpdatedAt: noon,
	}, person); diff != "" {
		t.Error(diff)
	}
	organization, err := DecodeOrganization([]byte(`{"id":"21","name":"Acme","tags":null,
		"organization_fields":{"plan":"gold","mrr":1200.5,"since":null},"updated_at":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(integrations.Organization{
		ID: "21", Name: "Acme", Tags: []string{},
		Fields: map[string]json.RawMessage{"plan": json.RawMessage(`"gold"`), "mrr": json.RawMessage("1200.5")},
	}, organization); diff != "" {
		t.Error(diff)
	}
}

// FuzzDecodeTicket holds that no body crashes the decoder, and that what comes
// out is clean and decodes to the same ticket again.
func FuzzDecodeTicket(f *testing.F) {
	f.Add([]byte(`{"id":35,"subject":"s","tags":["a"],"custom_fields":[{"id":7,"value":["x"]}],"generated_timestamp":1772625600}`))
	f.Add([]byte(`{"id":"99999999999999999999","subject":"\ud800\u0000","status":"deleted","tags":"a b"}`))
	f.Add([]byte(`{"id":1e3,"via":{"channel":7},"created_at":"9999-12-31T23:59:59-14:00"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		ticket, err := DecodeTicket(body)
		if err != nil {
			return
		}
		checkClean(t, ticket)
		if ticket.ID == "" || !json.Valid(ticket.Raw) {
			t.Fatalf("id %q, raw %q", ticket.ID, ticket.Raw)
		}
		again, err := DecodeTicket(ticket.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ticket, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
