package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// openTracing sends traces where the configuration wants them; without an
// endpoint there are none. A collector that is away costs traces and nothing
// else: the exporter drops what it cannot send, and says so in the log.
func (p *parts) openTracing(ctx context.Context, c config.Tracing, log *slog.Logger) (worker.Tracing, error) {
	if c.OTLPEndpoint == "" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimSuffix(c.OTLPEndpoint, "/")+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("send traces to tracing.otlp_endpoint: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces not sent", "error", err) }))
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter),
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(c.SampleRatio)), // by the id alone: a ticket's steps share one
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "ticketlink"))))
	p.closers = append(p.closers, provider.Shutdown)
	return provider, nil
}
