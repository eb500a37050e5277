package worker

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

const (
	liveEvery = 2 * time.Second
	liveBeat  = 25 * time.Second   // keeps proxies from closing a quiet stream
	liveSpan  = 2 * 24 * time.Hour // incidents that rest longer send nothing
)

// live tells open pages that something changed, by server-sent events. One
// query every two seconds serves all pages of the process, and none runs while
// no page is open.
type live struct {
	w       *Worker
	mu      sync.Mutex
	pages   map[*livePage]bool
	state   map[string]uint64 // fingerprint by topic
	stop    context.CancelFunc
	closing chan struct{}
	once    sync.Once
}

type livePage struct {
	topic   string
	changed chan struct{} // holds one
}

func newLive(w *Worker) *live {
	return &live{w: w, pages: map[*livePage]bool{}, closing: make(chan struct{})}
}

// close ends all streams, so that the server can stop.
func (l *live) close() { l.once.Do(func() { close(l.closing) }) }

// serve is one page's stream. The topic is "now" or "incident KEY".
func (l *live) serve(rw http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(rw)
	control.SetReadDeadline(time.Time{}) // the server's is for requests, not for streams
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("X-Accel-Buffering", "no")
	p := l.join(r.FormValue("topic"))
	defer l.leave(p)
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	message := "retry: 3000\nevent: ready\ndata:\n\n"
	for {
		if _, err := fmt.Fprint(rw, message); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		select {
		case <-p.changed:
			message = "event: changed\ndata:\n\n"
		case <-beat.C:
			message = ": still here\n\n"
		case <-r.Context().Done():
			return
		case <-l.closing:
			return
		}
	}
}

// join adds a page; the first one starts the watch.
func (l *live) join(topic string) *livePage {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &livePage{topic: topic, changed: make(chan struct{}, 1)}
	l.pages[p] = true
	if len(l.pages) == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		l.stop, l.state = cancel, nil
		go every(ctx, liveEvery, l.look)
	}
	return p
}

// leave removes a page; the last one ends the watch.
func (l *live) leave(p *livePage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pages, p)
	if len(l.pages) == 0 {
		l.stop()
	}
}

// look compares with the last time and tells the pages whose topic changed.
func (l *live) look(ctx context.Context) {
	state, err := l.w.liveState(ctx)
	if err != nil {
		if ctx.Err() == nil {
			l.w.Log.Warn("live updates wait", "error", err)
		}
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.pages {
		if l.state != nil && l.state[p.topic] != state[p.topic] {
			select {
			case p.changed <- struct{}{}:
			default: // it has not read the last one yet
			}
		}
	}
	l.state = state
}

// liveState fingerprints what pages show, by topic. That a source has fallen
// silent is a change too, though nothing was written.
func (w *Worker) liveState(ctx context.Context) (map[string]uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	since := w.now().Add(-liveSpan)
	rows, err := w.queries.LiveState(ctx, schema.LiveStateParams{Now: w.now(), Since: &since})
	if err != nil {
		return nil, fmt.Errorf("read state for live updates: %w", err)
	}
	home := homePage{Page: web.Page{Now: w.now()}}
	if err := errors.Join(w.homeSources(ctx, &home), w.homeSurges(ctx, &home)); err != nil {
		return nil, err
	}
	state := map[string]uint64{}
	all := fnv.New64a()
	for _, r := range rows {
		one := fnv.New64a()
		fmt.Fprintln(one, r.Stamp)
		fmt.Fprintln(all, r.Key, r.Stamp)
		state["incident "+r.Key] = one.Sum64()
	}
	for _, s := range append(home.Sources, home.Unheard...) {
		fmt.Fprintln(all, s.Name, s.State, s.Words, s.Duty, s.Failures, orZero(s.CaughtUpAt).Unix(),
			orZero(s.WebhookAt).Truncate(time.Minute).Unix(), orZero(s.AlertAt).Unix())
	}
	for _, s := range home.Surges {
		fmt.Fprintln(all, s.ID, len(s.Tickets))
	}
	fmt.Fprintln(all, home.Dead)
	state["now"] = all.Sum64()
	return state, nil
}
