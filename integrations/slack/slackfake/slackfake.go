// Package slackfake is a workspace in memory that speaks what ticketlink uses
// of Slack's API, and signs what a workspace sends. It shares no code with the
// client.
package slackfake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Post is a message of the bot in a channel.
type Post struct {
	TS, Channel, Text string
	Edits             int
	metadata          any
}

// A Server is one workspace.
type Server struct {
	*httptest.Server
	SigningSecret, BotToken string

	mu     sync.Mutex
	last   int
	posts  []*Post
	asked  []string
	scopes []string // of the bot
	lose   int
	error  string
}

// New begins a workspace.
func New() *Server {
	s := &Server{SigningSecret: "planted-slack-signing-secret", BotToken: "xoxb-planted", scopes: []string{"chat:write", "users:read"}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat.postMessage", s.post)
	mux.HandleFunc("POST /api/chat.update", s.update)
	mux.HandleFunc("POST /api/conversations.history", s.history)
	mux.HandleFunc("POST /api/auth.test", func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, map[string]any{"user": "ticketlink", "user_id": "U0"})
	})
	mux.HandleFunc("GET /api/users.info", s.person)
	s.Server = httptest.NewServer(mux)
	return s
}

// People are the names of the workspace's people by id.
var People = map[string]string{"U0": "ticketlink", "U1": "Maria", "U7": "Grace", "U8": "Ada"}

func (s *Server) person(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Query().Get("user"))
	name, ok := People[r.URL.Query().Get("user")]
	if !slices.Contains(s.scopes, "users:read") {
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": "missing_scope", "needed": "users:read"}) // the client may be gone
		return
	}
	if !ok {
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": "user_not_found"}) // the client may be gone
		return
	}
	s.answer(w, r, map[string]any{"user": map[string]any{"name": "x", "real_name": name, "profile": map[string]any{"display_name": "", "real_name": name}}})
}

// Grant says what the bot may do from now on.
func (s *Server) Grant(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = scopes
}

// Asked are the people whose names were asked for, in order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
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

// LoseAnswers cuts the connection after the next n messages are posted.
func (s *Server) LoseAnswers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose = n
}

// Refuse makes every method answer with an error, "" for none.
func (s *Server) Refuse(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.error = code
}

// answer says ok with what is given, or why not: with HTTP 200 all the same.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, with map[string]any) {
	body := map[string]any{"ok": true}
	for k, v := range with {
		body[k] = v
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.BotToken:
		body = map[string]any{"ok": false, "error": "invalid_auth"}
	case s.error != "":
		body = map[string]any{"ok": false, "error": s.error}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func (s *Server) post(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Channel, Text string
		Metadata      any
	}
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty message shows in the test
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	p := &Post{TS: fmt.Sprintf("1795424340.%06d", s.last), Channel: in.Channel, Text: in.Text, metadata: in.Metadata}
	if s.error == "" {
		s.posts = append(s.posts, p)
	}
	if s.lose > 0 {
		s.lose--
		panic(http.ErrAbortHandler)
	}
	s.answer(w, r, map[string]any{"ts": p.TS, "channel": p.Channel})
}

func (s *Server) update(w http.ResponseWriter, r *http.Request) {
	var in struct{ Channel, TS, Text string }
	_ = json.NewDecoder(r.Body).Decode(&in) // finds no message
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.posts {
		if p.TS == in.TS && p.Channel == in.Channel {
			p.Text = in.Text
			p.Edits++
			s.answer(w, r, map[string]any{"ts": p.TS})
			return
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": "message_not_found"}) // the client may be gone
}

func (s *Server) history(w http.ResponseWriter, r *http.Request) {
	var in struct{ Channel string }
	_ = json.NewDecoder(r.Body).Decode(&in) // finds no message
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for n := len(s.posts) - 1; n >= 0; n-- {
		if p := s.posts[n]; p.Channel == in.Channel {
			found = append(found, map[string]any{"ts": p.TS, "text": p.Text, "metadata": p.metadata, "bot_id": "B1"})
		}
	}
	s.answer(w, r, map[string]any{"messages": found})
}

// Sign makes the headers with which the workspace sends a body.
func (s *Server) Sign(body string, now time.Time) map[string]string {
	at := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(s.SigningSecret))
	mac.Write([]byte("v0:" + at + ":" + body))
	return map[string]string{"X-Slack-Request-Timestamp": at, "X-Slack-Signature": "v0=" + hex.EncodeToString(mac.Sum(nil))}
}

// Command is the body of a slash command.
func Command(command, text, userID, user, channelID string) string {
	return url.Values{"command": {command}, "text": {text}, "user_id": {userID}, "user_name": {user}, "channel_id": {channelID},
		"channel_name": {"name-of-" + channelID}, "team_id": {"T1"}, "response_url": {"https://hooks.slack.com/commands/T1/1/x"}}.Encode()
}

// Said is the body of an event of somebody's message.
func Said(eventID, channel, user, ts, text string) string {
	return event(eventID, map[string]any{"type": "message", "channel": channel, "user": user, "ts": ts, "text": text, "event_ts": ts})
}

// Edited is the body of the event of its edit.
func Edited(eventID, channel, user, ts, text string) string {
	return event(eventID, map[string]any{"type": "message", "subtype": "message_changed", "channel": channel, "ts": later(ts, 60),
		"message": map[string]any{"type": "message", "user": user, "ts": ts, "text": text, "edited": map[string]any{"user": user}}})
}

// Deleted is the body of the event of its deletion.
func Deleted(eventID, channel, user, ts string) string {
	return event(eventID, map[string]any{"type": "message", "subtype": "message_deleted", "channel": channel, "deleted_ts": ts, "ts": later(ts, 120),
		"previous_message": map[string]any{"user": user, "ts": ts}})
}

// later is a ts some seconds after another.
func later(ts string, seconds int) string {
	whole, part, _ := strings.Cut(ts, ".")
	n, err := strconv.Atoi(whole)
	if err != nil {
		panic(err) // the test gave no ts
	}
	return fmt.Sprintf("%d.%s", n+seconds, part)
}

func event(id string, e map[string]any) string {
	raw, err := json.Marshal(map[string]any{"type": "event_callback", "team_id": "T1", "event_id": id, "event_time": 1795424340, "event": e})
	if err != nil {
		panic(err) // only plain values
	}
	return string(raw)
}
