package zendeskfake

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const triggerKind = "conditional_ticket_events"

type webhook struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Description   string   `json:"description,omitempty"`
	Endpoint      string   `json:"endpoint"`
	Method        string   `json:"http_method"`
	Format        string   `json:"request_format"`
	Status        string   `json:"status"`
	Subscriptions []string `json:"subscriptions"`
	CreatedAt     string   `json:"created_at"`
	CreatedBy     string   `json:"created_by"`
	secret        string
}

type webhookEnvelope struct {
	Webhook webhook `json:"webhook"`
}

// isTrigger tells a trigger webhook from an event webhook.
func (w webhook) isTrigger() bool { return slices.Contains(w.Subscriptions, triggerKind) }

// fault says why the API would refuse the webhook, "" where it would not.
func (w webhook) fault() string {
	switch {
	case w.Name == "" || !strings.HasPrefix(w.Endpoint, "http"):
		return "name and endpoint are required"
	case w.isTrigger() && len(w.Subscriptions) > 1:
		return "event types and " + triggerKind + " cannot be mixed"
	case !w.isTrigger() && (w.Method != http.MethodPost || w.Format != "json"):
		return "event webhooks need POST and json"
	}
	return ""
}

// refuseWebhook answers in the form of the webhooks API, which is not the
// ticketing API's.
func refuseWebhook(w http.ResponseWriter, status int, code, title string) {
	answer(w, status, map[string]any{"errors": []any{map[string]any{"code": code, "title": title, "status": fmt.Sprint(status)}}})
}

func (s *Server) postWebhook(w http.ResponseWriter, r *http.Request) {
	var in webhookEnvelope
	if !decode(w, r, &in) {
		return
	}
	if fault := in.Webhook.fault(); fault != "" {
		refuseWebhook(w, http.StatusBadRequest, "InvalidWebhook", fault)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	hook := in.Webhook
	hook.ID = fmt.Sprintf("01FAKE%020s", s.nextID())
	hook.CreatedAt, hook.CreatedBy, hook.Status = stamp(s.now()), s.me, orElse(hook.Status, "active")
	hook.secret = newSecret()
	s.webhooks[hook.ID] = &hook
	answer(w, http.StatusCreated, webhookEnvelope{hook})
}

func newSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

func (s *Server) listWebhooks(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]webhook, 0, len(s.webhooks))
	for _, hook := range s.webhooks {
		all = append(all, *hook)
	}
	slices.SortFunc(all, func(a, b webhook) int { return strings.Compare(a.ID, b.ID) })
	page, body := cursorPage(all, r.URL.Query())
	body["webhooks"] = page
	answer(w, http.StatusOK, body)
}

func (s *Server) namedWebhook(w http.ResponseWriter, r *http.Request) *webhook {
	hook := s.webhooks[r.PathValue("id")]
	if hook == nil {
		refuseWebhook(w, http.StatusNotFound, "WebhookNotFound", "Webhook not found")
	}
	return hook
}

func (s *Server) showWebhook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hook := s.namedWebhook(w, r); hook != nil {
		answer(w, http.StatusOK, webhookEnvelope{*hook})
	}
}

func (s *Server) patchWebhook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hook := s.namedWebhook(w, r)
	if hook == nil {
		return
	}
	patched := webhookEnvelope{*hook}
	patched.Webhook.Subscriptions = slices.Clone(hook.Subscriptions) // decoding writes into the array
	if !decode(w, r, &patched) {
		return
	}
	if patched.Webhook.isTrigger() != hook.isTrigger() {
		refuseWebhook(w, http.StatusBadRequest, "InvalidWebhook", "the kind of a webhook cannot be changed")
		return
	}
	if fault := patched.Webhook.fault(); fault != "" {
		refuseWebhook(w, http.StatusBadRequest, "InvalidWebhook", fault)
		return
	}
	patched.Webhook.ID, patched.Webhook.secret = hook.ID, hook.secret
	*hook = patched.Webhook
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) deleteWebhook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hook := s.namedWebhook(w, r); hook != nil {
		delete(s.webhooks, hook.ID)
		w.WriteHeader(http.StatusNoContent)
	}
}

// signingSecret: GET shows it, POST makes a new one.
func (s *Server) signingSecret(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hook := s.namedWebhook(w, r)
	if hook == nil {
		return
	}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		hook.secret, status = newSecret(), http.StatusCreated
	}
	answer(w, status, map[string]any{"signing_secret": map[string]any{"secret": hook.secret, "algorithm": "SHA256"}})
}

// testWebhook sends one request to an endpoint, signed with the published test
// secret, and tells what came back.
func (s *Server) testWebhook(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Request struct {
			Endpoint string `json:"endpoint"`
			Payload  string `json:"payload"`
		} `json:"request"`
	}
	if !decode(w, r, &in) {
		return
	}
	const testSecret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, in.Request.Endpoint, bytes.NewBufferString(in.Request.Payload))
	if err != nil {
		refuseWebhook(w, http.StatusBadRequest, "InvalidRequest", "the endpoint is no URL")
		return
	}
	sign(req, testSecret, stamp(s.now()), []byte(in.Request.Payload))
	res, err := s.options.Deliver.Do(req)
	if err != nil {
		refuseWebhook(w, http.StatusBadRequest, "EndpointUnreachable", "no answer")
		return
	}
	defer res.Body.Close()
	answer(w, http.StatusOK, map[string]any{"response": map[string]any{
		"status_code": res.StatusCode, "headers": []any{}, "payload": "",
	}})
}
