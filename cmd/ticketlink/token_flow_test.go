package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A token is made, its hash goes into the configuration beside the old token,
// both work with their own scopes, and once the old line is gone only the new one does.
func TestTokenIsRotated(t *testing.T) {
	printed, err := run(t, "token", "create", "chatops-new", "--scopes", "read,write")
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`tl_[A-Z2-7]+`).FindString(printed)
	_, line, _ := strings.Cut(printed, "under api_tokens:\n")
	if token == "" || strings.Contains(line, token) {
		t.Fatalf("printed %q, want a token and a line without it", printed)
	}
	s := newStory(t, func(text string) string {
		return text + "\napi_tokens:\n  - {name: chatops-old, token: the-old-one, scopes: [read]}\n" + line
	})
	ask := func(method, path, token string) int {
		req, err := http.NewRequestWithContext(t.Context(), method, s.service.URL+path, strings.NewReader(`{"title":"x"}`))
		s.must(err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		s.must(err)
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, test := range []struct {
		method, path, token string
		code                int
	}{
		{"GET", "/api/v1/incidents", "the-old-one", 200},
		{"POST", "/api/v1/incidents", "the-old-one", 403}, // reads only
		{"GET", "/api/v1/incidents", token, 200},
		{"POST", "/api/v1/incidents", token, 201},
		{"POST", "/api/v1/dead-letters/0/replay", token, 403}, // for admins
		{"GET", "/api/v1/incidents", token + "x", 401},
		{"GET", "/api/v1/incidents", "", 401},
		{"GET", "/", "", 401},
		{"GET", "/openapi.json", "", 200}, // no secret
		{"GET", "/docs", "", 200},
	} {
		if code := ask(test.method, test.path, test.token); code != test.code {
			t.Errorf("%s %s: got %d, want %d", test.method, test.path, code, test.code)
		}
	}
	s.worker.Tokens = s.worker.Tokens[1:]
	if old, now := ask("GET", "/api/v1/incidents", "the-old-one"), ask("GET", "/api/v1/incidents", token); old != 401 || now != 200 {
		t.Errorf("after the old line is gone: old %d, new %d; want 401 and 200", old, now)
	}
}
