package zendesk

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func signed(secret, timestamp, body string) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + body))
	h := http.Header{}
	h.Set("X-Zendesk-Webhook-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	h.Set("X-Zendesk-Webhook-Signature-Timestamp", timestamp)
	return h
}

func TestVerify(t *testing.T) {
	const secret, body = "c2VjcmV0", `{"id":"1"}`
	at := func(age time.Duration) string { return noon.Add(-age).Format(time.RFC3339) }
	decoded, _ := base64.StdEncoding.DecodeString(secret)
	for name, test := range map[string]struct {
		secret string
		header http.Header
		body   string
		want   error
	}{
		"fresh":                   {secret, signed(secret, at(0), body), body, nil},
		"as old as allowed":       {secret, signed(secret, at(5*time.Minute), body), body, nil},
		"a second too old":        {secret, signed(secret, at(5*time.Minute+time.Second), body), body, integrations.ErrStaleTimestamp},
		"as early as allowed":     {secret, signed(secret, at(-5*time.Minute), body), body, nil},
		"a second too early":      {secret, signed(secret, at(-5*time.Minute-time.Second), body), body, integrations.ErrStaleTimestamp},
		"Unix seconds":            {secret, signed(secret, "1772625600", body), body, nil},
		"no time at all":          {secret, signed(secret, "", body), body, integrations.ErrStaleTimestamp},
		"not a time":              {secret, signed(secret, "yesterday", body), body, integrations.ErrStaleTimestamp},
		"another body":            {secret, signed(secret, at(0), body), body + " ", integrations.ErrBadSignature},
		"another secret":          {secret, signed("other", at(0), body), body, integrations.ErrBadSignature},
		"a base64-decoded secret": {secret, signed(string(decoded), at(0), body), body, integrations.ErrBadSignature},
		"no headers":              {secret, http.Header{}, body, integrations.ErrBadSignature},
		"no secret configured":    {"", signed("", at(0), body), body, integrations.ErrBadSignature},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Verify(test.header, []byte(test.body), integrations.Check{Secret: test.secret, Now: noon, MaxAge: 5 * time.Minute}); !errors.Is(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A moved timestamp breaks the signature: the signature covers it.
func TestVerifyCoversTheTimestamp(t *testing.T) {
	h := signed("secret", "2026-03-04T11:00:00Z", "{}")
	h.Set(timestampHeader, "2026-03-04T12:00:00Z")
	if err := Verify(h, []byte("{}"), integrations.Check{Secret: "secret", Now: noon, MaxAge: time.Minute}); !errors.Is(err, integrations.ErrBadSignature) {
		t.Errorf("got %v", err)
	}
}

// deliver returns an event webhook's body.
func deliver(kind, event string) []byte {
	return []byte(`{
	"account_id": 7, "id": "ev-1", "type": "zen:event-type:ticket.` + kind + `", "subject": "zen:ticket:35",
	"time": "2026-03-04T12:00:00.123456789Z", "zendesk_event_version": "2022-11-06",
	"detail": {"actor_id": "8", "assignee_id": "0", "brand_id": "9", "created_at": "2026-03-04T10:00:00Z",
		"description": "It is slow", "external_id": null, "form_id": "11", "group_id": "", "id": "35", "is_public": true,
		"organization_id": null, "priority": null, "requester_id": "14000000000001", "status": "PENDING",
		"subject": "Slow", "submitter_id": "8", "tags": ["EU", "api"], "type": "INCIDENT",
		"updated_at": "2026-03-04T13:59:59+02:00", "via": {"channel": "WEB"}},
	"event": ` + event + `}`)
}

// told is what deliver's body tells about the ticket.
func told() integrations.Ticket {
	return integrations.Ticket{
		ID: "35", Subject: "Slow", Description: "It is slow", Status: "pending", Type: "incident", Channel: "web",
		Tags: []string{"api", "eu"}, RequesterID: "14000000000001", FormID: "11", BrandID: "9",
		CreatedAt: noon.Add(-2 * time.Hour), UpdatedAt: noon.Add(-time.Second), GeneratedAt: noon.Add(123456789),
	}
}

func TestDecodeEvent(t *testing.T) {
	deleted, wiped, linked := told(), told(), told()
	deleted.Status, wiped.Status, linked.ProblemID = "deleted", "deleted", "77"
	wiped.Scrubbed, wiped.Subject, wiped.Description = true, "", ""
	for name, test := range map[string]struct {
		kind, event string
		want        integrations.TicketEvent
	}{
		"created":                   {"created", `{}`, integrations.TicketEvent{Ticket: told()}},
		"status changed":            {"status_changed", `{"current":"PENDING","previous":"OPEN"}`, integrations.TicketEvent{Ticket: told()}},
		"tags changed":              {"tags_changed", `{"tags_added":["eu"],"tags_removed":[]}`, integrations.TicketEvent{Ticket: told()}},
		"a type of the next year":   {"mood_changed", `{"current":{"a":[1]}}`, integrations.TicketEvent{Ticket: told()}},
		"event is null":             {"created", `null`, integrations.TicketEvent{Ticket: told()}},
		"soft deleted":              {"soft_deleted", `{}`, integrations.TicketEvent{Ticket: deleted}},
		"spam":                      {"marked_as_spam", `{}`, integrations.TicketEvent{Ticket: deleted}},
		"permanently deleted":       {"permanently_deleted", `{}`, integrations.TicketEvent{Ticket: wiped}},
		"undeleted: ask":            {"undeleted", `{}`, integrations.TicketEvent{Ticket: told(), Thin: true}},
		"merged":                    {"merged", `{"target_ticket_id":"99"}`, integrations.TicketEvent{Ticket: told(), MergedInto: "99"}},
		"problem linked":            {"problem_link_changed", `{"current":"77","previous":null}`, integrations.TicketEvent{Ticket: linked, Thin: true}},
		"problem unlinked":          {"problem_link_changed", `{"current":null,"previous":"77"}`, integrations.TicketEvent{Ticket: told(), Thin: true}},
		"comment redacted: ask":     {"comment_redacted", `{"comment":{"id":"3","body":"▇▇"}}`, integrations.TicketEvent{Ticket: told(), Thin: true, Redacted: "3"}},
		"comment without a comment": {"comment_added", `{}`, integrations.TicketEvent{Ticket: told()}},
		"agent's public comment": {"comment_added",
			`{"comment":{"id":"501","body":"Hi","is_public":true,"author":{"id":"8","is_staff":true,"name":"A"}}}`,
			integrations.TicketEvent{Ticket: told(), Reply: &integrations.Reply{
				ID: "501", TicketID: "35", AuthorID: "8", Agent: true, Public: true, At: noon.Add(123456789)}}},
		"customer's comment": {"comment_added", `{"comment":{"id":502,"is_public":true,"author":{"id":"14","is_staff":false}}}`,
			integrations.TicketEvent{Ticket: told(), Reply: &integrations.Reply{
				ID: "502", TicketID: "35", AuthorID: "14", Public: true, At: noon.Add(123456789)}}},
		"comment made private": {"comment_made_private", `{"comment":{"id":"501","author":{"id":"8","is_staff":true}}}`,
			integrations.TicketEvent{Ticket: told(), Reply: &integrations.Reply{
				ID: "501", TicketID: "35", AuthorID: "8", Agent: true, At: noon.Add(123456789)}}},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.ID, test.want.Type, test.want.ActorID = "ev-1", "ticket."+test.kind, "8"
			got, err := DecodeEvent(deliver(test.kind, test.event))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeEventInOddForms(t *testing.T) {
	const envelope = `{"id":"ev-1","type":"zen:event-type:ticket.created","subject":"zen:ticket:35","time":"2026-03-04T12:00:00Z"`
	for name, test := range map[string]struct {
		body  string
		check func(integrations.TicketEvent) bool
	}{
		"no detail: thin":  {envelope + `}`, func(e integrations.TicketEvent) bool { return e.Thin && e.Ticket.ID == "35" }},
		"detail is null":   {envelope + `,"detail":null}`, func(e integrations.TicketEvent) bool { return e.Thin && e.Ticket.UpdatedAt.Equal(noon) }},
		"detail is a list": {envelope + `,"detail":[1]}`, func(e integrations.TicketEvent) bool { return e.Thin }},
		"detail names another object": {envelope + `,"detail":{"id":"501","subject":"s","tags":[],"created_at":"2026-03-04T12:00:00Z","description":"","status":"NEW"}}`,
			func(e integrations.TicketEvent) bool { return e.Thin && e.Ticket.ID == "35" }},
		"no update time: the event's": {envelope + `,"detail":{"id":"35","subject":"s","tags":[],"created_at":"2026-03-04T12:00:00Z","description":"","status":"NEW"}}`,
			func(e integrations.TicketEvent) bool {
				return !e.Thin && e.Ticket.UpdatedAt.Equal(noon) && e.Ticket.Tags != nil
			}},
		"no tags told: thin": {envelope + `,"detail":{"id":"35","subject":"s","tags":null,"created_at":"2026-03-04T12:00:00Z","description":"d","status":"NEW"}}`,
			func(e integrations.TicketEvent) bool { return e.Thin && e.Ticket.Tags == nil }},
		"no description told: thin": {envelope + `,"detail":{"id":"35","subject":"s","tags":[],"created_at":"2026-03-04T12:00:00Z","description":null,"status":"NEW"}}`,
			func(e integrations.TicketEvent) bool { return e.Thin }},
		"archived is closed": {envelope + `,"detail":{"id":"35","status":"ARCHIVED"}}`,
			func(e integrations.TicketEvent) bool { return e.Ticket.Status == "closed" }},
		"scrubbed is deleted": {envelope + `,"detail":{"id":"35","status":"SCRUBBED","subject":"SCRUBBED"}}`,
			func(e integrations.TicketEvent) bool {
				return e.Ticket.Deleted() && e.Ticket.Scrubbed && e.Ticket.Subject == ""
			}},
		"an unknown status is kept": {envelope + `,"detail":{"id":"35","status":"ON_FIRE"}}`,
			func(e integrations.TicketEvent) bool { return e.Ticket.Status == "on_fire" }},
		"a user": {`{"id":"ev-2","type":"zen:event-type:user.deleted","subject":"zen:user:6","detail":{"id":"6"}}`,
			func(e integrations.TicketEvent) bool { return e.Ticket.ID == "" && e.Type == "user.deleted" }},
		"a message of a ticket": {`{"id":"ev-3","type":"zen:event-type:messaging_ticket.message_added","subject":"zen:ticket:35"}`,
			func(e integrations.TicketEvent) bool { return e.Thin && e.Ticket.ID == "35" }},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DecodeEvent([]byte(test.body))
			if err != nil || !test.check(got) {
				t.Errorf("got %+v (%v)", got, err)
			}
		})
	}
}

func TestDecodeTrigger(t *testing.T) {
	full := `{"ticket_id":"35","subject":"Slow","description":"It is slow","status":"Open","priority":"Normal","type":"Incident","tags":"EU  api",
		"requester_id":"14","organization_id":"","created_at":"2026-03-04T10:00:00Z","updated_at":"2026-03-04T12:00:00Z"}`
	want := integrations.TicketEvent{Type: "trigger", Ticket: integrations.Ticket{
		ID: "35", Subject: "Slow", Description: "It is slow", Status: "open", Priority: "normal", Type: "incident", Tags: []string{"api", "eu"},
		RequesterID: "14", CreatedAt: noon.Add(-2 * time.Hour), UpdatedAt: noon, GeneratedAt: noon,
	}}
	for name, body := range map[string]string{
		"tags as text":    full,
		"tags as a list":  strings.Replace(full, `"EU  api"`, `["EU","api"]`, 1),
		"id as a number":  strings.Replace(full, `"35"`, `35`, 1),
		"id with padding": strings.Replace(full, `"35"`, `" 035 "`, 1),
	} {
		got, err := DecodeEvent([]byte(body))
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, body := range map[string]string{
		"the id alone":                 `{"ticket_id":"35"}`,
		"no subject":                   strings.Replace(full, `"subject":"Slow",`, ``, 1),
		"no description":               strings.Replace(full, `"description":"It is slow",`, ``, 1),
		"a status in German":           strings.Replace(full, `"Open"`, `"Offen"`, 1),
		"an update time to the minute": strings.Replace(full, `2026-03-04T12:00:00Z`, `2026-03-04T12:00Z`, 1),
		"an update time in words":      strings.Replace(full, `2026-03-04T12:00:00Z`, `March 4, 2026`, 1),
		"no tags":                      strings.Replace(full, `"tags":"EU  api",`, ``, 1),
	} {
		got, err := DecodeEvent([]byte(body))
		if err != nil || !got.Thin || got.Ticket.ID != "35" {
			t.Errorf("%s: want thin, got %+v (%v)", name, got, err)
		}
	}
}

var foreign = map[string]string{
	"nothing":                    `"`,
	"empty":                      ``,
	"not closed":                 `{"id":"ev-1","type":"zen:event-type:ticket.created"`,
	"a list":                     `[{"ticket_id":1}]`,
	"a word":                     `null`,
	"two objects":                `{"ticket_id":1}{"ticket_id":2}`,
	"an empty object":            `{}`,
	"an alert":                   `{"version":"4","status":"firing","alerts":[]}`,
	"another system's event":     `{"id":"ev-1","type":"ticket.created"}`,
	"an event without an id":     `{"type":"zen:event-type:ticket.created","subject":"zen:ticket:35"}`,
	"an event with a list as id": `{"id":[],"type":"zen:event-type:ticket.created"}`,
	"a ticket id of words":       `{"ticket_id":"thirty-five"}`,
	"a ticket id of 0":           `{"ticket_id":"0"}`,
	"a ticket id of null":        `{"ticket_id":null}`,
	"an unescaped quote":         `{"ticket_id":"35","subject":"he said "no""}`,
	"a raw newline in text":      "{\"ticket_id\":\"35\",\"subject\":\"a\nb\"}",
	"a control in an escape":     "{\"ticket_id\":\"1\",\"a\":\"\\u0\x1400\"}",
	"nested without end":         `{"ticket_id":35,"a":` + strings.Repeat("[", 100_000),
	"nested too deep":            `{"ticket_id":35,"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
}

func TestForeignFormatsAreRefused(t *testing.T) {
	for name, body := range foreign {
		if _, err := Peek([]byte(body)); !errors.Is(err, integrations.ErrBadFormat) {
			t.Errorf("%s: Peek: %v", name, err)
		}
		if _, err := DecodeEvent([]byte(body)); !errors.Is(err, integrations.ErrBadFormat) {
			t.Errorf("%s: DecodeEvent: %v", name, err)
		}
	}
}

func TestPeekFindsTheEventsOwnID(t *testing.T) {
	for body, want := range map[string]string{
		`{"detail":{"id":"35"},"event":{"id":"4"},"id":"EV-1","type":"zen:event-type:ticket.created"}`: "ev-1",
		`{"type":"zen:event-type:ticket.created","id":"ev\u002d2"}`:                                    "ev-2",
		`{"ticket_id":"35","updated_at":"2026-03-04T12:00:00Z"}`:                                       "",
	} {
		if got, err := Peek([]byte(body)); err != nil || got != want {
			t.Errorf("%s: got %q (%v), want %q", body, got, err, want)
		}
	}
}

// FuzzDecodeEvent holds that no body crashes the decoder, that Peek and
// DecodeEvent agree on what is refused and on the id, that the scanner agrees
// with encoding/json, and that what comes out is clean.
func FuzzDecodeEvent(f *testing.F) {
	f.Add(deliver("comment_added", `{"comment":{"id":"501","is_public":true,"author":{"id":"8","is_staff":true}}}`))
	f.Add([]byte(`{"ticket_id":"35","subject":"a\u0000b","tags":"a b","status":"Open","updated_at":"2026-03-04T12:00Z"}`))
	for _, body := range foreign {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		shallow := bytes.Count(body, []byte("{"))+bytes.Count(body, []byte("[")) <= maxDepth
		object := bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) && json.Valid(body)
		if _, ok := scanTop(body); ok && !object || !ok && object && shallow {
			t.Fatalf("the scanner says %v, encoding/json %v", ok, object)
		}
		event, err := DecodeEvent(body)
		id, peeked := Peek(body)
		if (err == nil) != (peeked == nil) || id != event.ID {
			t.Fatalf("DecodeEvent: %q %v, Peek: %q %v", event.ID, err, id, peeked)
		}
		if err != nil {
			return
		}
		checkClean(t, event.Ticket)
	})
}

func BenchmarkPeek(b *testing.B) {
	body := deliver("created", `{"filler":"`+strings.Repeat("Nothing works since noon. ", 26)+`"}`)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Peek(body); err != nil {
			b.Fatal(err)
		}
	}
}
