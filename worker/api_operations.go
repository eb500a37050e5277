package worker

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/worker/match"
)

// A helpdeskView says how far a helpdesk has been read.
type helpdeskView struct {
	Name       string     `json:"name"`
	PolledAt   *time.Time `json:"polled_at"`
	CaughtUpAt *time.Time `json:"caught_up_at" doc:"When its export had nothing newer"`
	WebhookAt  *time.Time `json:"webhook_at"`
	Failures   int32      `json:"failures" doc:"Polls failed in a row"`
	LastError  string     `json:"last_error,omitempty"`
	RateLimit  *int32     `json:"rate_limit,omitempty" doc:"Requests a minute"`
	RateLeft   *int32     `json:"rate_left,omitempty"`
	RateAt     *time.Time `json:"rate_at,omitempty" doc:"When the helpdesk told so"`
}

// operationsAPI registers what operators look at.
func (w *Worker) operationsAPI(api huma.API) {
	huma.Register(api, op("GET", "/helpdesks", "list-helpdesks", "How far each helpdesk has been read"), func(ctx context.Context, _ *struct{}) (*body[pageOf[helpdeskView]], error) {
		rows, err := w.queries.ListHelpdesks(ctx)
		if err != nil {
			return nil, w.failure(fmt.Errorf("list helpdesks: %w", err))
		}
		page := pageOf[helpdeskView]{Items: []helpdeskView{}}
		for _, h := range rows {
			page.Items = append(page.Items, helpdeskView{h.Name, h.PolledAt, h.CaughtUpAt, h.WebhookAt, h.Failures, h.LastError, h.RateLimit, h.RateLeft, h.RateAt})
		}
		return &body[pageOf[helpdeskView]]{page}, nil
	})
	w.deadAPI(api)
	w.modelAPI(api)
	w.carefulAPI(api)
	w.surgeAPI(api)
}

// modelAPI registers what the matcher has learned.
func (w *Worker) modelAPI(api huma.API) {
	huma.Register(api, op("GET", "/model", "show-model", "What people's decisions have taught the matcher"), func(ctx context.Context, in *struct {
		Version int64 `query:"version" minimum:"0" doc:"One of the past, as links name it. Default: the latest"`
	}) (*body[match.Model], error) {
		m, _, err := w.model(ctx)
		switch {
		case err == nil && in.Version > int64(m.Version):
			err = errNoModel
		case err == nil && in.Version > 0:
			m, err = w.modelOf(ctx, in.Version)
		}
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[match.Model]{m}, nil
	})
	huma.Register(api, op("POST", "/model/reset", "reset-model", "Forget a part of it, as a new version", 200), func(ctx context.Context, in *struct {
		Body struct {
			Part string `json:"part" enum:"associations,tag,lag,platt,all"`
		}
	}) (*body[match.Model], error) {
		m, err := w.resetModel(ctx, actor(ctx), in.Body.Part)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[match.Model]{m}, nil
	})
}

// healthz says that the process lives.
func (w *Worker) healthz(rw http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(rw, "ok")
}

// readyz says whether the process can take webhooks: the database answers and
// may be written. Redis being away is told but is no reason to send nothing here.
func (w *Worker) readyz(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if why := w.unready(ctx); why != "" {
		rw.Header().Set("Retry-After", "5")
		problem(rw, http.StatusServiceUnavailable, why)
		return
	}
	if w.queue != nil {
		if _, err := w.queue.Inspect.Queues(); err != nil {
			fmt.Fprintln(rw, "ready; Redis does not answer: webhooks are stored, and are processed once it does")
			return
		}
	}
	fmt.Fprintln(rw, "ready")
}

// unready says why nothing can be stored, "" if it can.
func (w *Worker) unready(ctx context.Context) string {
	if w.stopping.Load() {
		return "the service is stopping"
	}
	var readOnly bool
	err := w.Database.QueryRow(ctx, "select current_setting('transaction_read_only')::bool").Scan(&readOnly)
	switch {
	case err != nil:
		return "the database does not answer"
	case readOnly:
		return "the database is read-only: a standby, or its disk is full"
	}
	return ""
}
