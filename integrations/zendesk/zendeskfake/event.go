package zendeskfake

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

const eventPrefix = "zen:event-type:ticket."

// A change is one thing that happened to a ticket: what the audit says, and
// what the event webhooks say.
type change struct {
	actor string
	at    time.Time
	kind  string         // the event type without its prefix
	event map[string]any // the event's own part
	audit []map[string]any
}

// changed records a change of the ticket and queues the events about it.
func (s *Server) changed(t *ticket, c change) {
	s.touch(t, c.at)
	t.audits = append(t.audits, audit{id: s.nextID(), author: c.actor, at: c.at, events: c.audit})
	var body []byte
	for _, w := range s.webhooks {
		if w.Status != "active" || !slices.Contains(w.Subscriptions, eventPrefix+c.kind) {
			continue
		}
		if body == nil {
			body = s.eventBody(t, c)
		}
		s.outbox = append(s.outbox, &outgoing{webhook: w.ID, invocation: s.nextID(), body: body})
	}
	if body != nil {
		select {
		case s.wake <- struct{}{}:
		default: // Run knows already
		}
	}
}

func (s *Server) eventBody(t *ticket, c change) []byte {
	event := c.event
	if event == nil {
		event = map[string]any{}
	}
	body, err := json.MarshalIndent(map[string]any{
		"account_id": accountID, "id": uuid.NewString(), "type": eventPrefix + c.kind, "subject": "zen:ticket:" + t.id,
		"time":                  s.eventTime().Format(time.RFC3339Nano),
		"zendesk_event_version": "2022-11-06", "detail": s.eventDetail(t, c.actor), "event": event,
	}, "", "  ")
	if err != nil {
		panic("zendeskfake: encode an event: " + err.Error()) // custom fields are the only foreign values, and are not in it
	}
	return body
}

// eventTime is the clock's time to the nanosecond; no two events share one,
// even where a test's clock stands still.
func (s *Server) eventTime() time.Time {
	now := s.options.Clock().UTC()
	if !now.After(s.lastEvent) {
		now = s.lastEvent.Add(1)
	}
	s.lastEvent = now
	return now
}

// eventDetail is the ticket in the webhooks' form: ids as strings, enums in
// upper case, null for none.
func (s *Server) eventDetail(t *ticket, actor string) map[string]any {
	return map[string]any{
		"actor_id": actor, "assignee_id": orNull(t.assignee), "brand_id": t.brand, "created_at": stamp(t.created),
		"custom_status": "360000000013", "description": t.description, "external_id": nil, "form_id": t.form,
		"group_id": orNull(t.group), "id": t.id, "is_public": true, "organization_id": orNull(t.organization),
		"priority": orNull(upper(t.priority)), "requester_id": t.requester, "status": upper(t.status),
		"subject": t.subject, "submitter_id": t.requester, "tags": orEmpty(t.tags), "type": orNull(upper(t.kind)),
		"updated_at": stamp(t.updated), "via": map[string]any{"channel": t.channel},
	}
}

func (s *Server) eventComment(c comment) map[string]any {
	author := map[string]any{"id": c.author, "is_staff": false, "name": ""}
	if p := s.people[c.author]; p != nil {
		author["is_staff"], author["name"] = p.Role != "end-user", p.Name
	}
	return map[string]any{"id": c.id, "body": c.body, "is_public": c.public, "author": author}
}

func previousCurrent(previous, current string) map[string]any {
	return map[string]any{"previous": previous, "current": current}
}

func fieldChange(name string, before, after any) []map[string]any {
	return []map[string]any{{"type": "Change", "field_name": name, "previous_value": before, "value": after}}
}

func upper(s string) string { return strings.ToUpper(s) }

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orEmpty(tags []string) []string {
	if tags == nil {
		return []string{}
	}
	return tags
}

// stamp writes a time as the API does: UTC, whole seconds.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
