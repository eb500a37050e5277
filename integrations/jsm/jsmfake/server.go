// Package jsmfake speaks the protocol of Jira Service Management over a simulated
// helpdesk. It shares no code with the client, so that a misunderstanding does
// not cancel out.
package jsmfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

const stampForm = "2006-01-02T15:04:05.000-0700"

// statuses are one project's, as name and category by our word.
var statuses = map[string][2]string{"new": {"Open", "new"}, "open": {"In progress", "indeterminate"},
	"pending": {"Waiting for customer", "indeterminate"}, "solved": {"Resolved", "done"}, "closed": {"Closed", "done"}}

var transitions = map[string]string{"11": "open", "21": "pending", "31": "solved"}

// A Server is one site. It is an http.Handler.
type Server struct {
	*helpdeskfake.Desk
	token string
	mux   *http.ServeMux
}

// New is a site whose API takes this token, of bot@example.com.
func New(clock func() time.Time, token string) *Server {
	s := &Server{Desk: helpdeskfake.New(clock), token: token, mux: http.NewServeMux()}
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /rest/api/3/search/jql":                     s.search,
		"GET /rest/api/3/field":                          s.fields,
		"GET /rest/api/3/myself":                         func(w http.ResponseWriter, _ *http.Request) { answer(w, s.account(s.Me())) },
		"GET /rest/api/3/issue/{id}":                     s.show,
		"PUT /rest/api/3/issue/{id}":                     s.update,
		"GET /rest/api/3/issue/{id}/comment":             s.comments,
		"GET /rest/api/3/issue/{id}/transitions":         s.transitions,
		"POST /rest/api/3/issue/{id}/transitions":        s.transition,
		"POST /rest/servicedeskapi/request/{id}/comment": s.comment,
	} {
		s.mux.HandleFunc(pattern, handle)
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if email, token, _ := r.BasicAuth(); email != "bot@example.com" || token != s.token {
		fail(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		return
	}
	w.Header().Set("X-RateLimit-Limit", "350")
	w.Header().Set("X-RateLimit-Remaining", "349")
	s.mux.ServeHTTP(w, r)
}

// Delivery is what the webhook sends about an issue.
func (s *Server) Delivery(id string) []byte {
	t, _ := s.Find(id)
	event := map[string]any{"webhookEvent": "jira:issue_updated", "timestamp": t.UpdatedAt.UnixMilli(), "issue": s.view(t)}
	if t.Status == "deleted" {
		event["webhookEvent"] = "jira:issue_deleted"
	}
	body, _ := json.Marshal(event) // made above
	return body
}

var jql = regexp.MustCompile(`^projectType = service_desk AND updated >= (-?\d+) ORDER BY updated ASC$`)

// search cuts times to the minute, and its pages have numbers.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	since, size := jql.FindStringSubmatch(query.Get("jql")), number(query.Get("maxResults"))
	at, err := 0, error(nil)
	if token := query.Get("nextPageToken"); token != "" {
		at, err = strconv.Atoi(token)
	}
	if since == nil || size < 1 || size > 100 || err != nil {
		fail(w, http.StatusBadRequest, "Error in the JQL Query")
		return
	}
	millis, _ := strconv.ParseInt(since[1], 10, 64) // as the pattern says
	from := time.UnixMilli(millis).Truncate(time.Minute)
	all := slices.DeleteFunc(s.All(), func(t helpdeskfake.Ticket) bool { return t.Status == "deleted" || t.UpdatedAt.Before(from) })
	at = min(at, len(all))
	views := []any{}
	for _, t := range all[at:min(at+size, len(all))] {
		views = append(views, s.view(t))
	}
	out := map[string]any{"issues": views, "isLast": at+size >= len(all)}
	if at+size < len(all) {
		out["nextPageToken"] = strconv.Itoa(at + size)
	}
	answer(w, out)
}

func (s *Server) fields(w http.ResponseWriter, _ *http.Request) {
	answer(w, []any{map[string]any{"id": "summary", "name": "Summary", "schema": map[string]any{"type": "string", "system": "summary"}},
		map[string]any{"id": "customfield_10002", "name": "Organizations",
			"schema": map[string]any{"type": "array", "custom": "com.atlassian.servicedesk:sd-customer-organizations", "customId": 10002}}})
}

// found returns the issue of the path, and answers 404 where there is none.
func (s *Server) found(w http.ResponseWriter, r *http.Request) (helpdeskfake.Ticket, bool) {
	t, ok := s.Find(r.PathValue("id"))
	if !ok || t.Status == "deleted" {
		fail(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
		return t, false
	}
	return t, true
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	if t, ok := s.found(w, r); ok {
		answer(w, s.view(t))
	}
}

func (s *Server) update(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Update struct{ Labels []map[string]string }
	}
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	tags := t.Tags
	for _, change := range in.Update.Labels {
		for verb, label := range change {
			tags = slices.DeleteFunc(tags, func(had string) bool { return had == label })
			if verb == "add" {
				tags = append(tags, label)
			}
		}
	}
	s.SetTags(t.ID, tags...)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) transitions(w http.ResponseWriter, r *http.Request) {
	t, ok := s.found(w, r)
	if !ok {
		return
	}
	list := []any{}
	for _, id := range []string{"11", "21", "31"} {
		if transitions[id] != t.Status {
			list = append(list, map[string]any{"id": id, "name": "Go", "to": status(transitions[id])})
		}
	}
	answer(w, map[string]any{"transitions": list})
}

func (s *Server) transition(w http.ResponseWriter, r *http.Request) {
	var in struct{ Transition struct{ ID string } }
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	if transitions[in.Transition.ID] == "" {
		fail(w, http.StatusBadRequest, "It seems that you have tried to perform an illegal workflow operation.")
		return
	}
	s.SetStatus(t.ID, transitions[in.Transition.ID])
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) comment(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Body   string
		Public *bool
	}
	t, ok := s.found(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	c := s.Comment(t.ID, s.Me(), in.Body, in.Public == nil || *in.Public)
	w.WriteHeader(http.StatusCreated)
	answer(w, map[string]any{"id": c.ID, "body": c.Body, "public": c.Public})
}

func (s *Server) comments(w http.ResponseWriter, r *http.Request) {
	t, ok := s.found(w, r)
	if !ok {
		return
	}
	at, size := min(number(r.URL.Query().Get("startAt")), len(t.Comments)), min(max(number(r.URL.Query().Get("maxResults")), 1), 100)
	views := []any{}
	for _, c := range t.Comments[at:min(at+size, len(t.Comments))] {
		views = append(views, map[string]any{"id": c.ID, "author": s.account(c.AuthorID), "body": document(c.Body), "jsdPublic": c.Public,
			"created": c.At.Format(stampForm), "updated": c.At.Format(stampForm)})
	}
	answer(w, map[string]any{"comments": views, "startAt": at, "maxResults": size, "total": len(t.Comments)})
}

func (s *Server) view(t helpdeskfake.Ticket) map[string]any {
	fields := map[string]any{"summary": t.Subject, "description": document(t.Description), "status": status(t.Status), "labels": slices.Concat([]string{}, t.Tags),
		"priority": map[string]any{"id": "3", "name": "Medium"}, "issuetype": map[string]any{"id": "1", "name": "Service Request"},
		"project": map[string]any{"id": "10000", "key": "SUP", "name": "Support"}, "reporter": s.account(t.RequesterID), "assignee": s.account(t.AssigneeID),
		"created": t.CreatedAt.Format(stampForm), "updated": t.UpdatedAt.Format(stampForm), "customfield_10002": []any{}}
	if o, ok := s.Company(t.OrganizationID); ok {
		fields["customfield_10002"] = []any{map[string]any{"id": o.ID, "name": o.Name}}
	}
	return map[string]any{"id": t.ID, "key": "SUP-" + t.ID, "fields": fields}
}

func status(word string) map[string]any {
	s := statuses[word]
	return map[string]any{"name": s[0], "statusCategory": map[string]any{"key": s[1]}}
}

func (s *Server) account(id string) any {
	p, ok := s.Person(id)
	if !ok {
		return nil
	}
	kind := "customer"
	if p.Agent {
		kind = "atlassian"
	}
	return map[string]any{"accountId": p.ID, "accountType": kind, "displayName": p.Name, "emailAddress": p.Email, "timeZone": "Europe/Madrid", "active": true}
}

// document is a text in Atlassian's document format, null for none.
func document(text string) any {
	if text == "" {
		return nil
	}
	paragraphs := []any{}
	for line := range strings.SplitSeq(text, "\n") {
		words := []any{}
		if line != "" {
			words = append(words, map[string]any{"type": "text", "text": line})
		}
		paragraphs = append(paragraphs, map[string]any{"type": "paragraph", "content": words})
	}
	return map[string]any{"type": "doc", "version": 1, "content": paragraphs}
}

func fail(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(code)
	answer(w, map[string]any{"errorMessages": []string{message}, "errors": map[string]any{}})
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		fail(w, http.StatusBadRequest, fmt.Sprint("There was an error parsing JSON: ", err))
		return false
	}
	return true
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // 0 where there is none
	return n
}
