package helpscoutfake

import (
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) listHooks(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []any
	for _, h := range s.hooks {
		all = append(all, h)
	}
	paged(w, r, "webhooks", all, 50)
}

func (s *Server) postHook(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if !decode(w, r, &in) {
		return
	}
	if secret, _ := in["secret"].(string); secret == "" || len(secret) > 40 {
		refuse(w, http.StatusBadRequest, "validation")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	in["id"], in["state"] = s.lastID, "enabled"
	s.hooks = append(s.hooks, in)
	w.WriteHeader(http.StatusCreated)
}

func (s *Server) deleteHook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = slices.DeleteFunc(s.hooks, func(h map[string]any) bool { return fmt.Sprint(h["id"]) == r.PathValue("id") })
	w.WriteHeader(http.StatusNoContent)
}

// Disable plays a webhook that failed for too long.
func (s *Server) Disable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hooks {
		h["state"] = "disabled"
	}
}
