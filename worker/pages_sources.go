package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/schema"
)

// inboxPatience is how long webhooks may wait before silence is no calm.
const inboxPatience = time.Minute

// A sourceRow says whether a source is heard, so that silence is never
// mistaken for calm.
type sourceRow struct {
	Name, Kind string
	State      string // heard, late, failing, unheard
	Words      string // what the state means, and what to do
	PolledAt   *time.Time
	CaughtUpAt *time.Time
	WebhookAt  *time.Time
	AlertAt    *time.Time
	Duty       string // the target of whoever has duty now
	Failures   int32
	RateLimit  int32 // requests a minute; 0: not told
	RateLeft   int32
	RateAt     *time.Time
}

// homeSources tells how every configured source does.
func (w *Worker) homeSources(ctx context.Context, page *homePage) error {
	stored, err := w.queries.ListHelpdesks(ctx)
	if err != nil {
		return fmt.Errorf("list helpdesks: %w", err)
	}
	byName := map[string]schema.Helpdesk{}
	for _, h := range stored {
		byName[h.Name] = h
	}
	for _, h := range w.Helpdesks {
		page.Sources = append(page.Sources, helpdeskState(byName[h.Name], h, page.Now))
	}
	alerts, err := w.queries.LastAlerts(ctx)
	if err != nil {
		return fmt.Errorf("list alerts: %w", err)
	}
	for _, s := range w.Sources {
		page.Sources = append(page.Sources, alertState(s, alerts, page.Sources))
	}
	if err := w.homeDuty(ctx, page); err != nil {
		return err
	}
	inbox, err := w.queries.InboxState(ctx)
	if err != nil {
		return fmt.Errorf("read inbox: %w", err)
	}
	dead, err := w.countDead(ctx)
	page.judge(inbox, dead)
	return err
}

// judge tells apart what may be missing from what was never there.
func (p *homePage) judge(inbox schema.InboxStateRow, dead map[string]int64) {
	for _, s := range p.Sources {
		switch s.State {
		case "late", "failing":
			p.Unheard = append(p.Unheard, s)
		case "unheard":
			p.Silent = append(p.Silent, s)
		}
	}
	p.Unread = dead["webhook"]
	for _, n := range dead {
		p.Dead += n
	}
	if inbox.Pending > 0 && p.Now.Sub(inbox.Oldest) > inboxPatience {
		p.Unheard = append(p.Unheard, sourceRow{Name: "Webhooks", Words: fmt.Sprintf("%d have come and wait to be read, the first of them since %s UTC.",
			inbox.Pending, inbox.Oldest.UTC().Format("2 Jan 15:04"))})
	}
}

// alertState is unheard until the first alert. A source that sends nothing is
// heard as far as its helpdesk is.
func alertState(s Source, alerts []schema.LastAlertsRow, helpdesks []sourceRow) sourceRow {
	row := sourceRow{Name: s.Name, Kind: "incident source", State: "unheard",
		Words: "No alert yet. Send a test alert from the source to be sure that it reaches us."}
	for _, a := range alerts {
		if a.Source == s.Name {
			row.AlertAt, row.State, row.Words = &a.At, "heard", "It speaks only when something is wrong."
		}
	}
	for _, h := range helpdesks {
		if s.Problems != nil && h.Name == s.Problems.Helpdesk {
			row.State, row.Words = h.State, "It is read where "+h.Name+" is."
		}
	}
	return row
}

// homeDuty tells who has duty by each on-call schedule.
func (w *Worker) homeDuty(ctx context.Context, page *homePage) error {
	duty, err := w.onDuty(ctx, w.queries)
	if err != nil {
		return err
	}
	rows, err := w.queries.ListOnCall(ctx)
	if err != nil {
		return fmt.Errorf("list on-call schedules: %w", err)
	}
	for _, o := range w.Reminding.OnCall {
		row := sourceRow{Name: o.Name, Kind: "on-call schedule", State: "late", Words: "Its calendar has not been read yet; the default is told."}
		for _, r := range rows {
			if r.Name == o.Name && r.FetchedAt != nil {
				row.PolledAt, row.State, row.Words = r.FetchedAt, "heard", "Nobody whom we can reach has duty; the default is told."
			}
			if r.Name == o.Name && r.Error != "" {
				row.State, row.Words = "failing", r.Error
			}
		}
		row.Duty = duty[o.Name]
		if row.Duty != "" && row.State == "heard" {
			row.Words = ""
		}
		page.Sources = append(page.Sources, row)
	}
	return nil
}

// helpdeskState is late when its export was not read to the end for three
// polls, five minutes at least.
func helpdeskState(stored schema.Helpdesk, h Helpdesk, now time.Time) sourceRow {
	row := sourceRow{Name: h.Name, Kind: "helpdesk", State: "heard", PolledAt: stored.PolledAt, CaughtUpAt: stored.CaughtUpAt,
		WebhookAt: stored.WebhookAt, Failures: stored.Failures, RateAt: stored.RateAt}
	if stored.RateLimit != nil && stored.RateLeft != nil {
		row.RateLimit, row.RateLeft = *stored.RateLimit, *stored.RateLeft
	}
	patience := max(3*h.PollInterval, 5*time.Minute)
	switch {
	case stored.Failures > 0:
		row.State, row.Words = "failing", stored.LastError
	case stored.CaughtUpAt == nil:
		row.State, row.Words = "late", "Its history is being read for the first time."
	case now.Sub(*stored.CaughtUpAt) > patience:
		row.State, row.Words = "late", "Its export has not been read to the end for some time; new tickets may be missing here."
	case stored.WebhookAt == nil:
		row.Words = "Polling works. Webhooks have not come yet: run ticketlink setup."
	}
	return row
}
