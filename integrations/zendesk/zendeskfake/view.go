package zendeskfake

import (
	"encoding/json"
	"slices"
)

const accountID = 10_000_001

// number is an id as the API writes it: a number, null for none.
func number(id string) any {
	if id == "" {
		return nil
	}
	return json.Number(id)
}

// ticketView is a ticket as the API writes it.
func ticketView(t *ticket) map[string]any {
	custom := make([]map[string]any, 0, len(t.fields))
	for id, value := range t.fields {
		custom = append(custom, map[string]any{"id": json.Number(id), "value": value})
	}
	return map[string]any{
		"url": "https://account.example.com/api/v2/tickets/" + t.id + ".json", "id": number(t.id), "external_id": orNull(t.external),
		"via": map[string]any{"channel": t.channel, "source": map[string]any{
			"from": map[string]any{}, "to": map[string]any{}, "rel": nil}},
		"created_at": stamp(t.created), "updated_at": stamp(t.updated), "generated_timestamp": t.generated,
		"type": orNull(t.kind), "subject": t.subject, "raw_subject": t.subject, "description": t.description,
		"priority": orNull(t.priority), "status": t.status, "recipient": nil,
		"requester_id": number(t.requester), "submitter_id": number(t.requester), "assignee_id": number(t.assignee),
		"organization_id": number(t.organization), "group_id": number(t.group), "collaborator_ids": []int{},
		"follower_ids": []int{}, "email_cc_ids": []int{}, "forum_topic_id": nil, "problem_id": number(t.problem),
		"has_incidents": false, "is_public": true, "due_at": nil, "tags": orEmpty(t.tags), "custom_fields": custom,
		"satisfaction_rating": map[string]any{"score": t.satisfaction}, "sharing_agreement_ids": []int{},
		"custom_status_id": json.Number("360000000013"), "fields": custom, "followup_ids": []int{},
		"ticket_form_id": number(t.form), "brand_id": number(t.brand), "allow_channelback": false,
		"allow_attachments": true, "from_messaging_channel": false,
	}
}

// metricsView is a ticket's metrics: null until it is solved, and then as if the
// requester had waited all the time.
func metricsView(t *ticket) map[string]any {
	unknown := map[string]any{"calendar": nil, "business": nil}
	view := map[string]any{"ticket_id": number(t.id), "requester_wait_time_in_minutes": unknown, "full_resolution_time_in_minutes": unknown}
	if !t.solved.IsZero() {
		minutes := int(t.solved.Sub(t.created).Minutes())
		known := map[string]any{"calendar": minutes, "business": minutes}
		view["requester_wait_time_in_minutes"], view["full_resolution_time_in_minutes"] = known, known
	}
	return view
}

func orNone(fields map[string]any) map[string]any {
	if fields == nil {
		return map[string]any{}
	}
	return fields
}

func personView(p *person) map[string]any {
	return map[string]any{
		"id": number(p.ID), "name": p.Name, "email": orNull(p.Email), "role": p.Role, "active": true,
		"organization_id": number(p.Organization), "locale": orElse(p.Locale, "en-US"), "time_zone": "UTC",
		"iana_time_zone": "Etc/UTC", "tags": []string{}, "user_fields": orNone(p.Fields),
		"created_at": stamp(p.updated), "updated_at": stamp(p.updated), "suspended": false, "verified": true,
	}
}

func organizationView(o *organization) map[string]any {
	return map[string]any{
		"id": number(o.ID), "name": o.Name, "tags": orEmpty(o.Tags), "organization_fields": orNone(o.Fields),
		"domain_names": []string{}, "details": nil, "notes": nil, "group_id": nil, "external_id": nil,
		"created_at": stamp(o.updated), "updated_at": stamp(o.updated), "shared_tickets": false, "shared_comments": false,
	}
}

func commentView(c comment) map[string]any {
	return map[string]any{
		"id": number(c.id), "type": "Comment", "author_id": number(c.author), "body": c.body, "html_body": c.body,
		"plain_body": c.body, "public": c.public, "attachments": []int{}, "created_at": stamp(c.at),
		"via": map[string]any{"channel": "web"}, "metadata": map[string]any{"system": map[string]any{}, "custom": map[string]any{}},
	}
}

func auditView(t *ticket, a audit) map[string]any {
	return map[string]any{
		"id": number(a.id), "ticket_id": number(t.id), "created_at": stamp(a.at), "author_id": number(a.author),
		"events": a.events, "via": map[string]any{"channel": "web"},
	}
}

// ticketsView is a list of tickets with the sideloads that include asks for.
func (s *Server) ticketsView(tickets []*ticket, include []string) map[string]any {
	views := make([]map[string]any, 0, len(tickets))
	people, organizations := map[string]bool{}, map[string]bool{}
	for _, t := range tickets {
		view := ticketView(t)
		if slices.Contains(include, "metric_sets") {
			view["metric_set"] = metricsView(t)
		}
		views = append(views, view)
		people[t.requester], people[t.assignee], organizations[t.organization] = true, true, true
	}
	body := map[string]any{"tickets": views}
	if slices.Contains(include, "users") {
		body["users"] = sideload(people, s.people, personView)
	}
	if slices.Contains(include, "organizations") {
		body["organizations"] = sideload(organizations, s.organizations, organizationView)
	}
	return body
}

func sideload[T any](ids map[string]bool, from map[string]*T, view func(*T) map[string]any) []map[string]any {
	out := []map[string]any{}
	for id := range ids {
		if item := from[id]; item != nil {
			out = append(out, view(item))
		}
	}
	return out
}
