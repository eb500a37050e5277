package followup_test

import (
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/worker/followup"
)

func Example() {
	at := func(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }
	in := followup.Input{
		Incident: followup.Incident{Key: "INC-42", Phases: []followup.Phase{{From: at(10, 0), ResolvedAt: at(13, 0)}}},
		Tickets: []followup.Ticket{
			{Helpdesk: "support", ID: "1", Requester: "7", Status: "open", Link: "auto", CreatedAt: at(10, 5)},
			{Helpdesk: "support", ID: "2", Requester: "7", Status: "open", Link: "confirmed", CreatedAt: at(10, 9)},
		},
		Policy: followup.DefaultPolicy(),
		Now:    at(13, 1),
	}
	plan := followup.Plan(in)
	reminder, _ := followup.NextReminder(plan[0], 0, in.Policy)
	fmt.Println(plan[0].Key, plan[0].TicketIDs)
	fmt.Println(followup.StatusOf(plan[0], in.Policy, at(14, 30)), "since", reminder.At.Format("15:04"))

	in.Tickets[1].Replies = []time.Time{at(14, 40)}
	in.Existing, in.Now = plan, at(14, 41)
	fmt.Println(followup.Plan(in)[0].Reason)
	// Output:
	// INC-42/support/7/closing/1 [1 2]
	// due since 14:00
	// answered publicly on ticket 2 at 14:40 UTC on 2 March, after the resolution
}

func ExampleHours_Add() {
	h, err := followup.NewHours(followup.Schedule{
		Timezone: "Europe/Madrid", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "18:00",
		Holidays: []string{"ES", "2026-12-24"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	wednesday := time.Date(2026, 12, 23, 16, 30, 0, 0, time.UTC) // half an hour before closing
	fmt.Println(h.Add(wednesday, time.Hour).Format(time.RFC1123))
	// Output: Mon, 28 Dec 2026 08:30:00 UTC
}
