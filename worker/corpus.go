package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
)

const (
	corpusSpan    = 30 * 24 * time.Hour // of tickets that say what is usual
	corpusBatch   = 5000
	corpusOverlap = 10 * time.Second // transactions commit out of order
	corpusSlack   = time.Hour        // by which a helpdesk's clock may be ahead of ours
)

// corpus keeps the matcher's view of the recent tickets up to date with the
// table. Each process has its own; nothing is lost with it.
type corpus struct {
	mu       sync.Mutex
	tickets  *match.Corpus
	horizon  time.Time // tickets created before are not held
	seen     time.Time // newest change read
	forgotAt time.Time
}

func newCorpus() *corpus { return &corpus{} }

// withCorpus brings the corpus up to date, with tickets from since on at the
// latest, and gives it to f. One at a time.
func (w *Worker) withCorpus(ctx context.Context, since time.Time, f func(*match.Corpus) error) error {
	c := w.corpus
	c.mu.Lock()
	defer c.mu.Unlock()
	now := w.now()
	if c.tickets != nil && now.Sub(c.forgotAt) > time.Hour { // before we see what is needed: an old incident needs old tickets
		c.tickets.Forget(now.Add(-corpusSpan))
		c.horizon, c.forgotAt = latest(c.horizon, now.Add(-corpusSpan)), now
	}
	horizon := now.Add(-corpusSpan)
	if since = since.Add(-corpusSpan / 2); since.Before(horizon) {
		horizon = since
	}
	steppedBack := c.seen.After(now.Add(corpusOverlap)) // the clock: changes since would go unseen
	if c.tickets == nil || horizon.Before(c.horizon) || steppedBack {
		// No ticket changed before it was written: older changes are not of interest.
		c.tickets, c.horizon, c.seen = match.NewCorpus(w.Matching), horizon, horizon.Add(-corpusSlack)
		c.forgotAt = now
	}
	if err := w.refreshCorpus(ctx); err != nil {
		return err
	}
	return f(c.tickets)
}

// refreshCorpus reads the tickets changed since the last time.
func (w *Worker) refreshCorpus(ctx context.Context) error {
	c := w.corpus
	since, after := c.seen.Add(-corpusOverlap), int64(0)
	for {
		rows, err := w.queries.CorpusChanges(ctx, schema.CorpusChangesParams{
			Since: since, After: after, CreatedSince: c.horizon, RegionField: w.Impact.Region, Batch: corpusBatch})
		if err != nil {
			return fmt.Errorf("read tickets to match: %w", err)
		}
		for _, r := range rows {
			since, after = r.ChangedAt, r.ID
			if r.Status == "deleted" || r.LeftOut { // an agent's problem ticket is no customer's; an erased one says nothing
				c.tickets.Remove(strconv.FormatInt(r.ID, 10))
				continue
			}
			c.tickets.Put(matchTicket(r))
		}
		if len(rows) < corpusBatch {
			c.seen = latest(c.seen, since)
			if now := w.now(); c.seen.After(now) { // written by a clock ahead of ours
				c.seen = now
			}
			return nil
		}
	}
}

func matchTicket(r schema.CorpusChangesRow) match.Ticket {
	t := match.Ticket{
		ID: strconv.FormatInt(r.ID, 10), CreatedAt: r.CreatedAt, Subject: r.Subject, Body: r.Description, Words: r.Words, Tags: r.Tags,
		OrganizationID: r.OrganizationID, Region: r.Region, Form: r.FormID, Channel: r.Channel, Locale: r.Locale,
	}
	if len(r.Words) > 0 {
		t.Locale = r.Language
	}
	if err := json.Unmarshal(r.Comments, &t.Comments); err != nil {
		panic("comments of a ticket, as the query wrote them: " + err.Error())
	}
	return t
}
