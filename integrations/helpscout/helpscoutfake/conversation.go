package helpscoutfake

import (
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

var statuses = map[string]string{"new": "active", "open": "active", "pending": "pending", "solved": "closed", "closed": "closed"}

func (s *Server) view(t helpdeskfake.Ticket, threads bool) map[string]any {
	p, _ := s.Person(t.RequesterID)
	tags := []any{}
	for _, tag := range t.Tags {
		tags = append(tags, map[string]any{"id": 9150, "color": "#929499", "tag": strings.ToLower(tag)})
	}
	view := map[string]any{"id": number(t.ID), "number": number(t.ID), "threads": len(t.Comments) + 1, "type": "email", "folderId": 493,
		"status": statuses[t.Status], "state": "published", "subject": t.Subject, "preview": t.Description, "mailboxId": 85,
		"createdBy": map[string]any{"id": number(p.ID), "type": "customer", "email": p.Email}, "createdAt": stamp(t.CreatedAt),
		"userUpdatedAt": stamp(t.UpdatedAt), "customerWaitingSince": map[string]any{"time": stamp(t.CreatedAt), "friendly": "20 hours ago"},
		"source": map[string]any{"type": "email", "via": "customer"}, "tags": tags,
		"primaryCustomer": map[string]any{"id": number(p.ID), "type": "customer"},
		"customFields":    []any{map[string]any{"id": 6688, "name": "Account Type", "value": "33077"}}}
	if t.Status == "deleted" {
		view["state"], view["status"] = "deleted", "active"
	}
	if threads {
		view["_embedded"] = map[string]any{"threads": s.threads(t)}
	}
	return view
}

// threads are newest first; the last is what the customer wrote first.
func (s *Server) threads(t helpdeskfake.Ticket) []any {
	threads := []any{s.thread(helpdeskfake.Comment{ID: t.ID + "0", AuthorID: t.RequesterID, Body: t.Description, Public: true, At: t.CreatedAt})}
	for _, c := range t.Comments {
		threads = append(threads, s.thread(c))
	}
	slices.Reverse(threads)
	return threads
}

func (s *Server) thread(c helpdeskfake.Comment) map[string]any {
	author, _ := s.Person(c.AuthorID)
	kind, by := "customer", "customer"
	switch {
	case !c.Public:
		kind, by = "note", "user"
	case author.Agent:
		kind, by = "message", "user"
	}
	return map[string]any{"id": number(c.ID), "type": kind, "status": "active", "state": "published",
		"body": strings.ReplaceAll(html.EscapeString(c.Body), "\n", "<br>"), "createdAt": stamp(c.At),
		"createdBy": map[string]any{"id": number(author.ID), "type": by, "first": author.Name, "last": "", "email": author.Email}}
}

func (s *Server) putTags(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	var in struct{ Tags []string }
	if decode(w, r, &in) {
		s.SetTags(t.ID, in.Tags...)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) postNote(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	var in struct{ Text string }
	if decode(w, r, &in) {
		s.Comment(t.ID, s.Me(), plain(in.Text), false)
		w.WriteHeader(http.StatusCreated)
	}
}

func (s *Server) postReply(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	var in struct {
		Text, Status string
		Customer     struct{ ID any }
	}
	if !decode(w, r, &in) {
		return
	}
	if in.Customer.ID == nil || in.Text == "" {
		refuse(w, http.StatusBadRequest, "validation")
		return
	}
	s.Comment(t.ID, s.Me(), plain(in.Text), true)
	if in.Status != statuses[t.Status] {
		s.SetStatus(t.ID, map[string]string{"active": "open", "pending": "pending", "closed": "solved"}[in.Status])
	}
	w.WriteHeader(http.StatusCreated)
}

func plain(text string) string {
	return html.UnescapeString(strings.ReplaceAll(text, "<br>", "\n"))
}
