package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/worker/config"
)

// fromAfar are requests that a proxy on this machine passes on from elsewhere.
type fromAfar struct{ http.Transport }

func (f *fromAfar) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	return f.Transport.RoundTrip(r)
}

// In the embedded set-up a password is made up once. It lets people in from
// other machines, under their own name.
func TestSigningInWithTheLocalPassword(t *testing.T) {
	var logged bytes.Buffer
	conf := &config.Config{DataDir: t.TempDir()}
	token, err := localPassword(conf, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(conf.DataDir, "password")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	password := strings.TrimSpace(string(text))
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || len(password) < 26 || strings.Contains(logged.String(), password) { // 128 bits, in letters and digits
		t.Errorf("%d letters in a file with mode %v (%v); the log says %s", len(password), info.Mode(), err, logged.String())
	}

	s := newStory(t)
	v := s.Visitor()
	v.client.Transport = &fromAfar{}
	if _, resp := v.Get("/"); resp.StatusCode != 403 {
		t.Errorf("from another machine without a password: got %d, want 403", resp.StatusCode)
	}
	s.worker.Password = token
	if text, resp := v.Get("/"); resp.Request.URL.Path != "/sign-in" || !strings.Contains(text, "data_dir") {
		t.Errorf("a stranger lands on %s: %s", resp.Request.URL, text)
	}
	for given, want := range map[string]int{"": 401, password + "x": 401, password: 200} {
		if _, resp := v.Submit("/sign-in", url.Values{"name": {"Grace"}, "token": {given}}); resp.StatusCode != want {
			t.Errorf("with %d letters: got %d, want %d", len(given), resp.StatusCode, want)
		}
	}
	v.Submit("/declare", url.Values{"title": {"Search is down"}})
	s.ExpectRows("audit where action = 'declared' and actor = 'Grace'", 1)
	v.Submit("/sign-out", nil)
	if _, resp := v.Get("/"); resp.Request.URL.Path != "/sign-in" {
		t.Errorf("after signing out %s still opens", resp.Request.URL.Path)
	}
}

// The password outlives a restart. Where anything else is configured there is none.
func TestTheLocalPasswordsFile(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	first, err := localPassword(&config.Config{DataDir: dir}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	again, err := localPassword(&config.Config{DataDir: dir}, quiet)
	if err != nil || again.Hash != first.Hash {
		t.Errorf("after a restart it is another one (%v)", err)
	}
	for name, c := range map[string]*config.Config{
		"a database": {DataDir: dir, DatabaseURL: "postgres://db.example.com/x"}, "a token": {DataDir: dir, APIToken: "secret"},
		"a provider": {DataDir: dir, SignIn: config.SignIn{OIDC: &config.OIDC{}}},
	} {
		if got, err := localPassword(c, quiet); got != nil || err != nil {
			t.Errorf("with %s: got %v, %v; want no password", name, got, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := localPassword(&config.Config{DataDir: dir}, quiet); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("an empty file lets in whoever gives nothing: %v", err)
	}
}
