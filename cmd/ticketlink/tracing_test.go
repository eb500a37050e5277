package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ticketlink/ticketlink/worker/config"
)

// Traces reach a collector at the latest when the service stops, and only when
// one is named.
func TestTracesAreExported(t *testing.T) {
	type request struct{ path, contentType string }
	got := make(chan request, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		got <- request{r.URL.Path, r.Header.Get("Content-Type")}
	}))
	defer collector.Close()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))

	for _, c := range []struct {
		tracing config.Tracing
		want    int
	}{
		{config.Tracing{SampleRatio: 1}, 0},
		{config.Tracing{OTLPEndpoint: collector.URL + "/", SampleRatio: 1}, 1},
		{config.Tracing{OTLPEndpoint: collector.URL, SampleRatio: 0}, 0},
	} {
		var p parts
		tracing, err := p.openTracing(t.Context(), c.tracing, log)
		if err != nil {
			t.Fatal(err)
		}
		if tracing != nil {
			_, span := tracing.Tracer("test").Start(t.Context(), "step")
			span.End()
		}
		if err := p.close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(got) != c.want {
			t.Fatalf("%+v: %d exports, want %d", c.tracing, len(got), c.want)
		}
		if c.want > 0 {
			if r := <-got; r != (request{"/v1/traces", "application/x-protobuf"}) {
				t.Errorf("sent to the collector: %+v", r)
			}
		}
	}
}
