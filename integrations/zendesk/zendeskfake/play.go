package zendeskfake

import (
	"fmt"
	"slices"
	"time"
)

// A Ticket to create. Everything but RequesterID may be empty.
type Ticket struct {
	ID             string // default: the next number
	Subject        string
	Description    string
	RequesterID    string
	OrganizationID string // default: the requester's
	AssigneeID     string
	ProblemID      string
	ExternalID     string
	Tags           []string
	Channel        string // default: web
	Priority, Type string
	Status         string         // default: new
	Fields         map[string]any // custom fields by id
	At             time.Time      // default: now
}

// CreateTicket plays a customer who writes, and returns the ticket's id.
func (s *Server) CreateTicket(in Ticket) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.create(in).id
}

func (s *Server) create(in Ticket) *ticket {
	at := s.at(in.At)
	if in.ID == "" {
		s.lastTicketID++
		in.ID = fmt.Sprint(s.lastTicketID)
	}
	if p := s.people[in.RequesterID]; p != nil && in.OrganizationID == "" {
		in.OrganizationID = p.Organization
	}
	t := &ticket{
		id: in.ID, subject: in.Subject, description: in.Description,
		status: orElse(in.Status, "new"), priority: in.Priority, kind: in.Type, channel: orElse(in.Channel, "web"),
		tags: addTags(nil, in.Tags), requester: in.RequesterID, organization: in.OrganizationID,
		assignee: in.AssigneeID, problem: in.ProblemID, external: in.ExternalID, fields: in.Fields, form: "360000000011", brand: "360000000012",
		created: at, satisfaction: "unoffered",
	}
	s.tickets[t.id] = t
	t.comments = append(t.comments, comment{id: s.nextID(), author: t.requester, body: t.description, public: true, at: at})
	s.changed(t, change{actor: t.requester, at: at, kind: "created",
		audit: []map[string]any{{"type": "Create", "field_name": "status", "value": t.status}}})
	return t
}

// PublicReply plays an agent who answers the customer.
func (s *Server) PublicReply(ticketID, agentID string, at time.Time) {
	s.comment(ticketID, agentID, "We are looking into it and will tell you more soon.", true, at)
}

// CustomerComment plays the customer who writes again.
func (s *Server) CustomerComment(ticketID string, at time.Time) {
	s.CustomerWrites(ticketID, "It still does not work for us.", at)
}

// CustomerWrites plays the customer's further words. They open a ticket that
// waited for the customer or was solved.
func (s *Server) CustomerWrites(ticketID, body string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, when := s.ticket(ticketID), s.at(at)
	s.addComment(t, t.requester, body, true, when)
	if t.status == "pending" || t.status == "solved" {
		s.setStatus(t, t.requester, "open", when)
	}
}

// Note plays an agent who writes an internal note.
func (s *Server) Note(ticketID, agentID, body string, at time.Time) {
	s.comment(ticketID, agentID, body, false, at)
}

// AddComment plays somebody who writes any comment now, and returns its id.
func (s *Server) AddComment(ticketID, author, body string, public bool) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	s.addComment(t, author, body, public, s.now())
	return t.comments[len(t.comments)-1].id
}

// Redact plays an agent who takes all words out of a comment, whose place among
// the ticket's comments, the description first, is given.
func (s *Server) Redact(ticketID string, place int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	c := &t.comments[place]
	c.body = "▇▇▇▇"
	if place == 0 {
		t.description = c.body
	}
	s.changed(t, change{actor: s.me, at: s.now(), kind: "comment_redacted", event: map[string]any{"comment": s.eventComment(*c)}})
}

func (s *Server) comment(ticketID, author, body string, public bool, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addComment(s.ticket(ticketID), author, body, public, s.at(at))
}

func (s *Server) addComment(t *ticket, author, body string, public bool, at time.Time) {
	c := comment{id: s.nextID(), author: author, body: body, public: public, at: at}
	t.comments = append(t.comments, c)
	s.changed(t, change{actor: author, at: at, kind: "comment_added", event: map[string]any{"comment": s.eventComment(c)},
		audit: []map[string]any{{"id": c.id, "type": "Comment", "author_id": number(author), "body": body, "public": public}}})
}

// SetTags plays an agent who replaces the tags.
func (s *Server) SetTags(ticketID string, tags ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setTags(s.ticket(ticketID), s.me, addTags(nil, tags), s.now())
}

func (s *Server) setTags(t *ticket, actor string, tags []string, at time.Time) {
	before := t.tags
	if slices.Equal(before, tags) {
		return
	}
	t.tags = tags
	s.changed(t, change{actor: actor, at: at, kind: "tags_changed",
		event: map[string]any{"tags_added": removeTags(tags, before), "tags_removed": removeTags(before, tags)},
		audit: fieldChange("tags", before, tags)})
}

// SetStatus plays an agent who changes the status: new, open, pending, hold,
// solved or closed.
func (s *Server) SetStatus(ticketID, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setStatus(s.ticket(ticketID), s.me, status, s.now())
}

func (s *Server) setStatus(t *ticket, actor, status string, at time.Time) {
	before := t.status
	if before == status {
		return
	}
	t.status = status
	if status == "solved" {
		t.solved = at
	}
	s.changed(t, change{actor: actor, at: at, kind: "status_changed",
		event: previousCurrent(upper(before), upper(status)), audit: fieldChange("status", before, status)})
	if t.kind == "problem" && status == "solved" {
		s.solveIncidents(t, actor)
	}
}

// Delete plays an admin who deletes a ticket. It stays in the export.
func (s *Server) Delete(ticketID string) { s.end(ticketID, "deleted", "soft_deleted") }

// Undelete plays an admin who restores a deleted ticket.
func (s *Server) Undelete(ticketID string) { s.end(ticketID, "open", "undeleted") }

func (s *Server) end(ticketID, status, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	before := t.status
	t.status = status
	s.changed(t, change{actor: s.me, at: s.now(), kind: kind, audit: fieldChange("status", before, status)})
}

// Scrub plays the system's wipe of a deleted ticket, 30 days later: the export
// tells it, with the old update time; no webhook does.
func (s *Server) Scrub(ticketID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	updated := t.updated
	t.status, t.subject, t.description, t.tags = "deleted", "SCRUBBED", "X", nil
	s.touch(t, s.now())
	t.updated = updated
}

// Vanish takes a ticket away without a trace in export and events.
func (s *Server) Vanish(ticketID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ticket(ticketID).sequence = -1
	delete(s.tickets, ticketID)
}

// Merge plays an agent who merges one ticket into another: the first one is
// closed and both get a comment.
func (s *Server) Merge(sourceID, targetID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source, target, at := s.ticket(sourceID), s.ticket(targetID), s.now()
	s.addComment(target, s.me, "Request #"+sourceID+" was closed and merged into this request.", false, at)
	source.comments = append(source.comments, comment{
		id: s.nextID(), author: s.me, body: "This request was closed and merged into request #" + targetID + ".", at: at,
	})
	before := source.status
	source.status, source.tags = "closed", addTags(source.tags, []string{"closed_by_merge"})
	s.changed(source, change{actor: s.me, at: at, kind: "merged",
		event: map[string]any{"target_ticket_id": targetID}, audit: fieldChange("status", before, "closed")})
}

// Rate plays the customer's satisfaction rating: good or bad.
func (s *Server) Rate(ticketID, score string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	t.satisfaction = score
	s.touch(t, s.now()) // there is no ticket event for it
}

// SetField plays a custom field that changes, as an app's count of the time that
// agents worked on the ticket does.
func (s *Server) SetField(ticketID, field string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	if t.fields == nil {
		t.fields = map[string]any{}
	}
	t.fields[field] = value
	s.touch(t, s.now())
}

// Tags returns the ticket's tags.
func (s *Server) Tags(ticketID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ticket(ticketID).tags)
}

// Status returns the ticket's status.
func (s *Server) Status(ticketID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ticket(ticketID).status
}

// Notes returns the ticket's internal notes, oldest first.
func (s *Server) Notes(ticketID string) []string { return s.bodies(ticketID, false) }

// Replies returns the ticket's public comments, the customer's among them,
// oldest first.
func (s *Server) Replies(ticketID string) []string { return s.bodies(ticketID, true) }

func (s *Server) bodies(ticketID string, public bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []string
	for _, c := range s.ticket(ticketID).comments {
		if c.public == public {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

// Me returns the id of the admin whom the API's caller acts as.
func (s *Server) Me() string { return s.me }

func (s *Server) at(t time.Time) time.Time {
	if t.IsZero() {
		return s.now()
	}
	return t.UTC().Truncate(time.Second)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
