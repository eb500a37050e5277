package worker

import (
	"context"
	"crypto/sha256"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// A ticket's way leads through jobs that handle many tickets at once, often
// days apart, and a job carries no copy of a row. So nothing is passed on: each
// ticket's trace has an id made from the ticket's own, every step adds its span
// to that trace, and the span links to the job's own trace, where its time went.

// Tracing makes spans; nil makes none.
type Tracing = trace.TracerProvider

// TicketTrace returns the id of the trace of one ticket's whole way.
func TicketTrace(helpdesk, ticketID string) trace.TraceID {
	return trace.TraceID(ticketHash(helpdesk, ticketID)[:16])
}

func ticketHash(helpdesk, ticketID string) []byte {
	hash := sha256.Sum256([]byte(helpdesk + "/" + ticketID))
	return hash[:]
}

func (w *Worker) tracer() trace.Tracer { return w.Tracing.Tracer("ticketlink") }

// traceTicket adds one step to a ticket's trace.
func (w *Worker) traceTicket(ctx context.Context, step, helpdesk, ticketID string, facts ...attribute.KeyValue) {
	if w.Tracing == nil {
		return
	}
	hash := ticketHash(helpdesk, ticketID)
	// The parent stands for the ticket itself: it is never sent, and the same for all steps.
	ticket := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(hash[:16]), SpanID: trace.SpanID(hash[16:24]),
		TraceFlags: trace.FlagsSampled, Remote: true})
	_, span := w.tracer().Start(trace.ContextWithRemoteSpanContext(ctx, ticket), step,
		trace.WithTimestamp(w.now()), trace.WithLinks(trace.LinkFromContext(ctx)),
		trace.WithAttributes(attribute.String("helpdesk", helpdesk), attribute.String("ticket_id", ticketID)),
		trace.WithAttributes(facts...))
	span.End(trace.WithTimestamp(w.now()))
}

// traceLinks tells the tickets' traces what a re-score made of them. Only rows'
// ids are at hand there, so the names are read, and only when somebody traces.
func (w *Worker) traceLinks(ctx context.Context, incident string, diff []linkChange) {
	if w.Tracing == nil || len(diff) == 0 {
		return
	}
	changes := map[int64]linkChange{}
	ids := make([]int64, 0, len(diff))
	for _, c := range diff {
		changes[c.ticket] = c
		ids = append(ids, c.ticket)
	}
	rows, err := w.queries.TicketNames(ctx, ids)
	if err != nil {
		w.Log.Warn("links are missing from traces", "incident", incident, "error", err)
	}
	for _, r := range rows {
		w.traceTicket(ctx, "link", r.Helpdesk, r.TicketID, attribute.String("incident", incident),
			attribute.String("state", changes[r.ID].state), attribute.Float64("confidence", changes[r.ID].confidence))
	}
}

// traced gives each task a trace of its own.
func (w *Worker) traced(kind string, do func(context.Context, queue.Task) error) func(context.Context, queue.Task) error {
	if w.Tracing == nil {
		return do
	}
	return func(ctx context.Context, t queue.Task) error {
		ctx, span := w.tracer().Start(ctx, "job "+kind, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer),
			trace.WithAttributes(attribute.Int64("id", t.ID), attribute.String("name", t.Name)))
		defer span.End()
		err := do(ctx, t)
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		return err
	}
}

// tracedHTTP gives each request a trace, or a part in its caller's.
func (w *Worker) tracedHTTP(h http.Handler) http.Handler {
	if w.Tracing == nil {
		return h
	}
	return otelhttp.NewHandler(h, "request", otelhttp.WithTracerProvider(w.Tracing), otelhttp.WithPropagators(propagation.TraceContext{}))
}

// tracePlans tells the tickets' traces who must hear back, and when.
func (w *Worker) tracePlans(ctx context.Context, incident string, rows []schema.PutFollowUpParams) {
	for _, f := range rows {
		for _, id := range f.TicketIds {
			w.traceTicket(ctx, "plan", f.Helpdesk, id, attribute.String("incident", incident), attribute.String("kind", f.Kind),
				attribute.String("status", f.Status), attribute.String("due_at", f.DueAt.UTC().Format(time.RFC3339)))
		}
	}
}

// traceReminders tells the tickets' traces who was reminded of them.
func (w *Worker) traceReminders(ctx context.Context, target string, told []schema.ClaimRemindersRow) {
	for _, r := range told {
		for _, id := range r.FollowUp.TicketIds {
			w.traceTicket(ctx, "remind", r.FollowUp.Helpdesk, id, attribute.String("incident", r.IncidentKey),
				attribute.String("target", target), attribute.Int("stage", int(r.Reminder.Stage)))
		}
	}
}
