package intercomfake

import (
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

// A part as it is written: a reply or a note, or a change of the state.
type part struct {
	Type         string `json:"type"`
	MessageType  string `json:"message_type"`
	AdminID      string `json:"admin_id"`
	Body         string `json:"body"`
	SnoozedUntil int64  `json:"snoozed_until"`
}

func (s *Server) reply(w http.ResponseWriter, r *http.Request) {
	var in part
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	if in.Type != "admin" || in.AdminID != s.Me() || in.Body == "" || in.MessageType != "comment" && in.MessageType != "note" {
		fail(w, http.StatusUnprocessableEntity, "parameter_invalid")
		return
	}
	text := html.UnescapeString(strings.ReplaceAll(in.Body, "<br>", "\n"))
	s.Comment(t.ID, in.AdminID, text, in.MessageType == "comment")
	if in.MessageType == "comment" && t.Status == "solved" {
		s.SetStatus(t.ID, "open")
	}
	s.show(w, r)
}

func (s *Server) setState(w http.ResponseWriter, r *http.Request) {
	var in part
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	status := map[string]string{"close": "solved", "snoozed": "pending", "open": "open"}[in.MessageType]
	if status == "" || in.Type != "admin" || in.AdminID != s.Me() || (in.MessageType == "snoozed") != (in.SnoozedUntil > t.UpdatedAt.Unix()) {
		fail(w, http.StatusUnprocessableEntity, "parameter_invalid")
		return
	}
	s.SetStatus(t.ID, status)
	s.show(w, r)
}

// makeTag finds or makes a tag.
func (s *Server) makeTag(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name string }
	if decode(w, r, &in) {
		answer(w, s.tag(in.Name))
	}
}

func (s *Server) tag(name string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.Index(s.tags, name)
	if at < 0 {
		at, s.tags = len(s.tags), append(s.tags, name)
	}
	return map[string]any{"type": "tag", "id": strconv.Itoa(at + 1), "name": name}
}

func (s *Server) attach(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID      string `json:"id"`
		AdminID string `json:"admin_id"`
	}
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	name := s.named(in.ID)
	if name == "" || in.AdminID != s.Me() {
		fail(w, http.StatusNotFound, "tag_not_found")
		return
	}
	s.SetTags(t.ID, append(without(t.Tags, name), name)...)
	answer(w, s.tag(name))
}

func (s *Server) detach(w http.ResponseWriter, r *http.Request) {
	var in struct {
		AdminID string `json:"admin_id"`
	}
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	name := s.named(r.PathValue("name"))
	if !slices.Contains(t.Tags, name) || in.AdminID != s.Me() {
		fail(w, http.StatusNotFound, "tag_not_found")
		return
	}
	s.SetTags(t.ID, without(t.Tags, name)...)
	answer(w, s.tag(name))
}

func (s *Server) named(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, err := strconv.Atoi(id); err == nil && n > 0 && n <= len(s.tags) {
		return s.tags[n-1]
	}
	return ""
}

func without(tags []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return t == name })
}

// view is a conversation with all its parts.
func (s *Server) view(t helpdeskfake.Ticket) map[string]any {
	state := map[string]string{"solved": "closed", "pending": "snoozed"}[t.Status]
	if state == "" {
		state = "open"
	}
	tags, parts, contacts := []any{}, []any{}, []any{}
	for _, name := range t.Tags {
		tags = append(tags, s.tag(name))
	}
	for _, c := range t.Comments {
		parts = append(parts, s.part(c))
	}
	if t.RequesterID != "" {
		contacts = append(contacts, map[string]any{"type": "contact", "id": t.RequesterID, "external_id": nil})
	}
	var assignee any
	if n, err := strconv.Atoi(t.AssigneeID); err == nil {
		assignee = n
	}
	return map[string]any{"type": "conversation", "id": t.ID, "title": nil, "state": state, "open": state == "open", "priority": "not_priority",
		"admin_assignee_id": assignee, "team_assignee_id": nil, "created_at": t.CreatedAt.Unix(), "updated_at": t.UpdatedAt.Unix(),
		"source": map[string]any{"type": "conversation", "id": "s" + t.ID, "delivered_as": "customer_initiated",
			"subject": "<p>" + html.EscapeString(t.Subject) + "</p>", "body": "<p>" + html.EscapeString(t.Description) + "</p>"},
		"contacts": map[string]any{"type": "contact.list", "contacts": contacts}, "tags": map[string]any{"type": "tag.list", "tags": tags},
		"custom_attributes": map[string]any{"Region": "eu"}, "conversation_rating": nil,
		"conversation_parts": map[string]any{"type": "conversation_part.list", "conversation_parts": parts, "total_count": len(parts)}}
}

func (s *Server) part(c helpdeskfake.Comment) map[string]any {
	kind, author := "comment", "user"
	if !c.Public {
		kind = "note"
	}
	if p, ok := s.Person(c.AuthorID); ok && p.Agent {
		author = "admin"
	}
	return map[string]any{"type": "conversation_part", "id": c.ID, "part_type": kind, "created_at": c.At.Unix(), "updated_at": c.At.Unix(),
		"body":   "<p>" + strings.ReplaceAll(html.EscapeString(c.Body), "\n", "<br>") + "</p>",
		"author": map[string]any{"type": author, "id": c.AuthorID, "name": "Somebody"}}
}
