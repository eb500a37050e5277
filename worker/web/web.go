// Package web is the page people keep open during an incident: templates and
// assets, served by the binary itself. It is given what it shows.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/*
var static embed.FS

var funcs = template.FuncMap{
	"when":    func(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") },
	"percent": func(f float64) string { return fmt.Sprintf("%.0f %%", 100*f) },
	"weight":  func(f float64) string { return fmt.Sprintf("%+.1f", f) },
	"span":    span,
}

var pages = template.Must(template.New("").Funcs(funcs).ParseFS(templates, "templates/*.html"))

// Static serves the style sheet and scripts under /static/.
func Static() http.Handler { return http.FileServerFS(static) }

// Render writes a page by its template's name. Nothing is written before the
// whole page is made.
func Render(rw http.ResponseWriter, name string, data any) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	_, err := b.WriteTo(rw)
	return err
}

// span words a number of seconds: "2 h 5 min", "-40 s"; "unknown" for nil.
func span(seconds *float64) string {
	if seconds == nil {
		return "unknown"
	}
	d := time.Duration(*seconds * float64(time.Second))
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%s%d s", sign, int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%s%d min", sign, int(d.Minutes()))
	}
	return fmt.Sprintf("%s%d h %d min", sign, int(d.Hours()), int(d.Minutes())%60)
}
