// Package mattermostfake is a server in memory that speaks what ticketlink uses
// of Mattermost's API, and makes what a server sends. It shares no code with
// the client.
package mattermostfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"
)

// A Post is a message of the bot in a channel.
type Post struct {
	ID, Channel, Text string
	Edits             int
	props             any
}

// A Server is one server.
type Server struct {
	*httptest.Server
	BotToken, CommandToken, WebhookToken string

	mu    sync.Mutex
	posts []*Post
	said  []string // answers to commands that came later
}

// New begins a server.
func New() *Server {
	s := &Server{BotToken: "planted-mattermost-bot", CommandToken: "planted-command-token", WebhookToken: "planted-outgoing-token"}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v4/posts", s.authorized(s.post))
	mux.HandleFunc("PUT /api/v4/posts/{id}/patch", s.authorized(s.patch))
	mux.HandleFunc("GET /api/v4/channels/{id}/posts", s.authorized(s.list))
	mux.HandleFunc("GET /api/v4/users/me", s.authorized(func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, map[string]any{"id": "bot"}) }))
	mux.HandleFunc("POST /hooks/commands/{id}", s.later)
	s.Server = httptest.NewServer(mux)
	return s
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+s.BotToken {
			answer(w, 401, map[string]any{"id": "api.context.session_expired.app_error", "status_code": 401})
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		next(w, r)
	}
}

func (s *Server) post(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ChannelID string `json:"channel_id"`
		Message   string
		Props     any
	}
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty message shows in the test
	p := &Post{ID: fmt.Sprintf("post%d", len(s.posts)+1), Channel: in.ChannelID, Text: in.Message, props: in.Props}
	s.posts = append(s.posts, p)
	answer(w, 201, map[string]any{"id": p.ID, "channel_id": p.Channel, "message": p.Text})
}

func (s *Server) patch(w http.ResponseWriter, r *http.Request) {
	var in struct{ Message string }
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty message shows in the test
	for _, p := range s.posts {
		if p.ID == r.PathValue("id") {
			p.Text = in.Message
			p.Edits++
			answer(w, 200, map[string]any{"id": p.ID})
			return
		}
	}
	answer(w, 404, map[string]any{"id": "app.post.get.app_error", "status_code": 404})
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	order, posts := []string{}, map[string]any{}
	for n := len(s.posts) - 1; n >= 0; n-- {
		if p := s.posts[n]; p.Channel == r.PathValue("id") {
			order = append(order, p.ID)
			posts[p.ID] = map[string]any{"id": p.ID, "message": p.Text, "props": p.props}
		}
	}
	answer(w, 200, map[string]any{"order": order, "posts": posts})
}

func (s *Server) later(w http.ResponseWriter, r *http.Request) {
	var in struct{ Text string }
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty answer shows in the test
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, in.Text)
}

// Later are the answers that came by response_url.
func (s *Server) Later() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.said...)
}

// Posts are the bot's messages, oldest first.
func (s *Server) Posts() []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Post
	for _, p := range s.posts {
		all = append(all, *p)
	}
	return all
}

// Command is the body of a slash command, and its headers.
func (s *Server) Command(command, text, user, channel string) (body string, header map[string]string) {
	return url.Values{"command": {command}, "text": {text}, "user_id": {"id-of-" + user}, "user_name": {user}, "channel_id": {channel},
		"channel_name": {"name-of-" + channel}, "token": {s.CommandToken}, "response_url": {s.URL + "/hooks/commands/x"}}.Encode(), map[string]string{"Authorization": "Token " + s.CommandToken}
}

// Said is the body of an outgoing webhook.
func (s *Server) Said(postID, channel, user, text string, at time.Time) string {
	raw, err := json.Marshal(map[string]any{"token": s.WebhookToken, "team_id": "t", "channel_id": channel, "channel_name": "name", "timestamp": at.UnixMilli(),
		"user_id": "id-of-" + user, "user_name": user, "post_id": postID, "text": text, "trigger_word": "", "file_ids": ""})
	if err != nil {
		panic(err) // only plain values
	}
	return string(raw)
}
