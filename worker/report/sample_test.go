package report

import (
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

var began = time.Date(2026, 11, 23, 9, 4, 0, 0, time.UTC)

func after(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }

func ptr[T any](v T) *T { return &v }

// sample is a report with something of everything: an incident that was
// reopened, seen by customers before the monitoring.
func sample() Report {
	i := Incident{
		Key: "INC-42", Title: "Card payments fail at checkout", Severity: "sev1", Services: []string{"payments"},
		Summary: "Since the release of 09:00 the card processor refuses our certificate.",
		URL:     "https://status.example.com/incidents/42", Started: began, Detected: ptr(after(19)), Declared: after(26),
		Phases: []Phase{{began, ptr(after(95))}, {after(140), ptr(after(171))}},
	}
	var arrivals []impact.Arrivals
	for m := 3; m < 240; m++ {
		rate := 3 * max(0, 60-abs(m-45)) / 20
		if m >= 140 && m < 180 {
			rate = 2
		}
		if rate > 0 {
			arrivals = append(arrivals, impact.Arrivals{Minute: after(m), Tickets: int64(rate), Customers: int64((rate + m%2) / 2)})
		}
	}
	bins := bins(arrivals)
	r := Report{
		Incident: i, WrittenAt: after(300), Tickets: NewSeries(bins, arrivals, began, after(171)),
		Replies: Waits(map[int]int{4: 11, 22: 96, 48: 140, 90: 122, 200: 31, 300: 4, Waiting: 7, NoReply: 3}),
		Timeline: Timeline(Happenings{
			Incident: i, Arrivals: arrivals, FirstReply: ptr(after(12)),
			First:  &FirstTicket{At: after(3), Ticket: "support/88120", Channel: "chat", URL: "https://acme.zendesk.com/agent/tickets/88120"},
			Alerts: []Alert{{"CardErrorRate", "prometheus", after(19), ptr(after(93))}, {"CardErrorRate", "prometheus", after(139), ptr(after(170))}},
			Deeds: []Deed{
				{after(26), "Ada", "declared", map[string]any{"severity": "sev2"}},
				{after(31), "Ada", "updated", map[string]any{"severity": map[string]any{"from": "sev2", "to": "sev1"}}},
				{after(41), "Linus", "confirmed", nil}, {after(42), "Linus", "confirmed", nil}, {after(43), "Linus", "rejected", nil},
				{after(95), "Ada", "resolved", map[string]any{"message": "Rolled back the release."}},
				{after(140), "prometheus", "reopened", nil},
				{after(171), "Ada", "resolved", map[string]any{"message": "New certificate in place."}},
				{after(200), "Grace", "reference_linked", map[string]any{"name": "acme/shop#1834"}},
			},
			FollowUps: []FollowUpDone{{after(180), "closing", false}, {after(182), "closing", false}, {after(250), "closing", true}},
			Reminders: []Reminder{{after(231), "support-leads", false}, {after(231), "support-leads", false}},
		}),
		Customers: Customers{Privacy: "organizations", Unnamed: 61, Named: []Customer{
			{"Northwind", false, "enterprise", 14, 37, 1}, {"Contoso <Retail>", false, "enterprise", 9, 21, 0}, {"Fabrikam", false, "team", 4, 9, 2}}},
		References: []Reference{{"issue", "acme/shop#1834", "Certificate pinning breaks on rotation", "https://github.com/acme/shop/issues/1834", false}, {"issue", "PAY-7", "", "", true}},
		FollowUps:  []FollowUps{{"closing", 171, 12, 3, 2, 1}, {"first_reply", 160, 20, 0, 7, 4}},
		Sections:   Template(),
		Impact:     sampleImpact(),
	}
	r.Sections[1].Text, r.Sections[1].UpdatedBy, r.Sections[1].UpdatedAt = "1. The processor refused our *certificate*.\n2. It had been rotated, and ours was pinned.", "Ada", ptr(after(280))
	return New(r)
}

func sampleImpact() impact.Impact {
	return impact.Impact{
		Tickets: impact.Tickets{Auto: 352, Confirmed: 62, Suggested: 18, Rejected: 5}, Linked: 414,
		Expected: 418.2, ExpectedLow: 411.3, ExpectedHigh: 425.1, Customers: 188, Organizations: 73,
		CustomersByPlan: map[string]int64{"enterprise": 66, "team": 61, "unknown": 61}, CustomersByRegion: map[string]int64{"eu": 120, "unknown": 68},
		ByChannel: map[string]int64{"web": 250, "email": 120, "chat": 44}, Revenue: map[string]float64{"EUR": 184300, "USD": 9900},
		Excess: 396.4, Unanswered: 7, Answered: 404, Backlog: 22, Reopened: 4, Satisfied: 40, Dissatisfied: 31,
		SatisfactionDuring: ptr(0.563), SatisfactionBefore: ptr(0.914), FollowUps: impact.FollowUps{OnTime: 331, Late: 32, Open: 12},
		FirstTicketAt: ptr(after(3)), LastTicketAt: ptr(after(179)), OnsetAt: ptr(after(6)),
		FirstTicketLag: ptr(180.0), DetectionLag: ptr(780.0), FirstReply: ptr(2870.0), FirstReplyP90: ptr(9100.0), PeakPerBin: 131,
		Spent: ptr(81300.0), SpentTickets: 390, RequesterWait: ptr(4020.0), Resolution: ptr(16560.0),
	}
}

// bins puts the arrivals on top of an ordinary morning.
func bins(arrivals []impact.Arrivals) impact.Bins {
	b := impact.Bins{Since: began.Add(-5 * 7 * 24 * time.Hour).Truncate(impact.Bin), Until: after(300), Linked: map[int]int{}, First: map[int]time.Time{}}
	b.Known = b.Since
	for n := range b.At(b.Until) + 1 {
		b.All = append(b.All, 8+(n*7)%5)
	}
	for _, a := range arrivals {
		n := b.At(a.Minute)
		b.All[n] += int(a.Tickets)
		b.Linked[n] += int(a.Tickets)
	}
	return b
}

func abs(n int) int { return max(n, -n) }
