package main

import (
	"slices"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ticketlink/ticketlink/worker"
)

// One trace shows a ticket's whole way, which may take days, and each of its
// steps leads to the job that did it.
func TestATicketsWholeWayIsOneTrace(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	s := newStory(t)
	s.worker.Tracing = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	agent := s.helpdesk.AddAgent("Grace")
	ticket := s.Ticket("Payment fails", "My card is refused")
	s.confirmedIncident(ticket)
	s.FastForward(2 * time.Hour)
	s.helpdesk.PublicReply(ticket, agent, s.clock())
	s.Settle()

	var steps []string
	jobs := map[string]string{} // by trace
	for _, span := range spans.Ended() {
		jobs[span.SpanContext().TraceID().String()] = span.Name()
	}
	for _, span := range spans.Ended() {
		if span.SpanContext().TraceID() != worker.TicketTrace("support", ticket) {
			continue
		}
		steps = append(steps, span.Name())
		if len(span.Links()) != 1 || jobs[span.Links()[0].SpanContext.TraceID().String()] == "" {
			t.Errorf("%s does not lead to the job that did it: %v", span.Name(), span.Links())
		}
	}
	for _, step := range []string{"accept", "write back", "plan", "remind", "reply"} {
		if !slices.Contains(steps, step) {
			t.Errorf("the ticket's trace has no step %q: %v", step, steps)
		}
	}
}
