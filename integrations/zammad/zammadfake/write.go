package zammadfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "Invalid JSON")
		return false
	}
	return true
}

func (s *Server) putTicket(w http.ResponseWriter, r *http.Request) {
	var in struct {
		State       string `json:"state"`
		PendingTime string `json:"pending_time"`
	}
	t, ok := s.found(w, r.PathValue("id"))
	if !ok || !decode(w, r, &in) {
		return
	}
	if in.State == "pending reminder" && in.PendingTime == "" {
		refuse(w, http.StatusUnprocessableEntity, "Missing required value for field 'pending_time'!")
		return
	}
	for ours, theirs := range states {
		if in.State == theirs {
			in.State = ours
		}
	}
	s.SetStatus(t.ID, in.State)
	t, _ = s.Find(t.ID)
	answer(w, s.view(t))
}

func (s *Server) postArticle(w http.ResponseWriter, r *http.Request) {
	var in struct {
		TicketID string `json:"ticket_id"`
		Body     string `json:"body"`
		Type     string `json:"type"`
		To       string `json:"to"`
		Internal bool   `json:"internal"`
	}
	if !decode(w, r, &in) {
		return
	}
	t, ok := s.found(w, in.TicketID)
	if !ok {
		return
	}
	if in.Type == "email" && in.To == "" {
		refuse(w, http.StatusUnprocessableEntity, "Missing required value for field 'to'!")
		return
	}
	s.Comment(t.ID, s.Me(), in.Body, !in.Internal)
	t, _ = s.Find(t.ID)
	articles := s.articlesOf(t)
	w.WriteHeader(http.StatusCreated)
	answer(w, articles[len(articles)-1])
}

func (s *Server) addTag(w http.ResponseWriter, r *http.Request) {
	s.tag(w, r, func(tags []string, tag string) []string { return append(tags, tag) })
}

func (s *Server) removeTag(w http.ResponseWriter, r *http.Request) {
	s.tag(w, r, func(tags []string, _ string) []string { return tags })
}

func (s *Server) tag(w http.ResponseWriter, r *http.Request, change func([]string, string) []string) {
	var in struct {
		Item   string `json:"item"`
		Object string `json:"object"`
		ID     string `json:"o_id"`
	}
	if !decode(w, r, &in) {
		return
	}
	t, ok := s.found(w, in.ID)
	if !ok {
		return
	}
	others := slices.DeleteFunc(t.Tags, func(tag string) bool { return tag == in.Item })
	s.SetTags(t.ID, change(others, in.Item)...)
	answer(w, true)
}

// listed, create and update serve webhooks and triggers alike.
func (s *Server) listed(list *[]map[string]any) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]map[string]any{}, *list...)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, list *[]map[string]any) {
	var in map[string]any
	if !decode(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in["id"] = len(*list) + 1
	*list = append(*list, in)
	w.WriteHeader(http.StatusCreated)
	answer(w, in)
}

func (s *Server) update(w http.ResponseWriter, r *http.Request, list *[]map[string]any) {
	var in map[string]any
	if !decode(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range *list {
		if fmt.Sprint(item["id"]) == r.PathValue("id") {
			maps.Copy(item, in)
			answer(w, item)
			return
		}
	}
	refuse(w, http.StatusNotFound, "No such object")
}
