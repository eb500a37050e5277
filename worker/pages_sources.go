package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/schema"
)

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
		row := sourceRow{Name: s.Name, Kind: "incident source", State: "unheard",
			Words: "No alert yet. Send a test alert from the source to be sure that it reaches us."}
		for _, a := range alerts {
			if a.Source == s.Name {
				row.AlertAt, row.State, row.Words = &a.At, "heard", "It speaks only when something is wrong."
			}
		}
		page.Sources = append(page.Sources, row)
	}
	if err := w.homeDuty(ctx, page); err != nil {
		return err
	}
	inbox, err := w.queries.InboxState(ctx)
	if err != nil {
		return fmt.Errorf("read inbox: %w", err)
	}
	page.Dead = inbox.Dead
	for _, s := range page.Sources {
		if s.State == "late" || s.State == "failing" {
			page.Unheard = append(page.Unheard, s)
		}
	}
	return nil
}

// homeDuty tells who has duty by each on-call schedule.
func (w *Worker) homeDuty(ctx context.Context, page *homePage) error {
	duty, err := w.onDuty(ctx)
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
