package worker

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// receive takes one webhook: check, store, answer. 2xx means that it is
// durable; everything else happens later, from the inbox.
func (w *Worker) receive(rw http.ResponseWriter, r *http.Request) {
	name, begin := r.PathValue("name"), w.now()
	err := w.store(rw, r, name)
	code := receiveStatus(err)
	w.Metrics.webhook(name, code, w.now().Sub(begin))
	if err == nil {
		rw.WriteHeader(code)
		return
	}
	if code == http.StatusServiceUnavailable {
		rw.Header().Set("Retry-After", "5") // Zendesk repeats a 503 only when asked to within a minute
		w.Log.Warn("webhook not stored", "name", name, "error", err)
	}
	problem(rw, code, err.Error())
}

// store checks and stores one delivery.
func (w *Worker) store(rw http.ResponseWriter, r *http.Request, name string) error {
	check, ok := w.receiver(name)
	if !ok {
		return errUnknownName
	}
	body, err := w.readBody(rw, r)
	if err != nil {
		return err
	}
	key, err := check(credentials(r), body, w.now())
	if err != nil {
		return err
	}
	if err := w.inbox.put(r.Context(), delivery{source: name, key: key, body: body}); err != nil {
		return errors.Join(errNotStored, err)
	}
	w.inboxWaits.Store(true)
	failpoint("stored")
	return nil
}

// readBody reads a body of at most MaxBody bytes, where its length is known
// without growing a buffer on the way.
func (w *Worker) readBody(rw http.ResponseWriter, r *http.Request) ([]byte, error) {
	limited := http.MaxBytesReader(rw, r.Body, w.MaxBody)
	if r.ContentLength < 0 || r.ContentLength > w.MaxBody {
		return io.ReadAll(limited)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, err
}

// credentials are the request's headers. A sender that can neither sign nor set
// a header has its secret in the URL.
func credentials(r *http.Request) http.Header {
	if secret := r.URL.Query().Get("secret"); secret != "" && r.Header.Get(integrations.SecretHeader) == "" {
		r.Header.Set(integrations.SecretHeader, secret)
	}
	return r.Header
}

func (w *Worker) receiver(name string) (Receiver, bool) {
	if h, ok := w.helpdesks[name]; ok && h.Receiver != nil {
		return h.Receiver, true
	}
	s, ok := w.sources[name]
	return s.Receiver, ok && s.Receiver != nil
}

var (
	errUnknownName = errors.New("no helpdesk or incident source of that name is configured")
	errNotStored   = errors.New("the webhook could not be stored; please repeat it")
)

// receiveStatus is the one table of answers to a webhook.
func receiveStatus(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errUnknownName):
		return http.StatusNotFound
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, integrations.ErrBadSignature), errors.Is(err, integrations.ErrStaleTimestamp):
		return http.StatusUnauthorized
	case errors.Is(err, errNotStored):
		return http.StatusServiceUnavailable
	default: // integrations.ErrBadFormat, or a body that broke off
		return http.StatusBadRequest
	}
}

// insertInbox stores a group of deliveries in one statement.
func (w *Worker) insertInbox(ctx context.Context, group []delivery) error {
	arg := schema.InsertInboxParams{Now: w.now()}
	for _, d := range group {
		arg.Sources = append(arg.Sources, d.source)
		arg.DedupKeys = append(arg.DedupKeys, d.key)
		arg.Bodies = append(arg.Bodies, d.body)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return w.queries.InsertInbox(ctx, arg)
}

// problem answers with an RFC 9457 problem.
func problem(rw http.ResponseWriter, code int, detail string) {
	rw.Header().Set("Content-Type", "application/problem+json")
	rw.WriteHeader(code)
	json.NewEncoder(rw).Encode(map[string]any{"title": http.StatusText(code), "status": code, "detail": detail})
}
