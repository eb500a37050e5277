// Package web is the page people keep open during an incident: templates,
// assets and plots, served by the binary itself. It is given what it shows and
// knows nothing of the database. Everything works without the script; the
// script adds keys and live updates.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/*
var static embed.FS

// policy lets nothing in from other hosts, and no script or style from within a page.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

var pages = template.Must(template.New("").Funcs(funcs).ParseFS(templates, "templates/*.html"))

// A Page is what every page has. The pages' own types embed it.
type Page struct {
	Title string
	Here  string // the navigation's entry: now, incidents, follow-ups
	Live  string // the topic whose changes refresh the page; "" for none
	Who   Who
	Now   time.Time
	Done  *Done
}

// Who looks at the page.
type Who struct {
	Name     string
	Role     string // viewer, agent, admin
	CanWrite bool
	IsAdmin  bool
	SignedIn bool // by a session, which can be ended
}

// Done tells what the request before did, and how to take it back.
type Done struct {
	Text string
	Undo string // where to post At to; "" where it cannot be undone
	At   string
	List string // the list whose own page this is; "" for none
}

// Static serves the style sheet and scripts under /static/. Their addresses
// carry a hash of the content (see asset), so that browsers may keep them.
func Static() http.Handler {
	files := http.FileServerFS(static)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		if r.URL.RawQuery != "" {
			rw.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(rw, r)
	})
}

// asset is the address of a file below static.
func asset(name string) (string, error) {
	content, err := static.ReadFile("static/" + name)
	if err != nil {
		return "", fmt.Errorf("read asset: %w", err)
	}
	sum := sha256.Sum256(content)
	return "/static/" + name + "?" + hex.EncodeToString(sum[:4]), nil
}

// Render writes a page by its template's name, with a status. Nothing is
// written before the whole page is made.
func Render(rw http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	b.WriteTo(rw) // fails only where the reader has gone
	return nil
}

// A Tile is one number with its definition.
type Tile struct {
	ID, Name, Value, Note, Means, Class string
}
