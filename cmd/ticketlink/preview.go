package main

import (
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/worker/followup"
)

type previewCommand struct {
	Kind     string `help:"Which duty: first_reply, update or closing." enum:"first_reply,update,closing" default:"closing"`
	Language string `help:"de, en, es or fr. Default: the configured one." enum:",de,en,es,fr" default:""`
	Digest   bool   `help:"Show a digest of three reminders."`
	Answer   bool   `help:"Show the draft of an answer to customers."`
	Escalate bool   `help:"Show the last reminder."`
}

func (previewCommand) Help() string {
	return `Shows what reminders say, with the configured templates. Sends nothing. A
mistake in a template is told with the fields that it may use.

Examples:
  ticketlink preview --kind closing --language de
  ticketlink preview --digest`
}

func (p previewCommand) Run(c *cli) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	language := conf.FollowUp.Language
	if p.Language != "" {
		language = p.Language
	}
	words, err := wording(conf.FollowUp.Templates, language)
	if err != nil {
		return err
	}
	fmt.Println(p.show(words))
	return nil
}

// exampleMessage is what people are told at the end.
const exampleMessage = "The payment provider's certificate was renewed."

// show words an example.
func (p previewCommand) show(w *followup.Wording) string {
	due := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	example := func(customer string, tickets ...string) followup.Notice {
		urls := map[string]string{}
		for _, id := range tickets {
			urls[id] = "https://acme.zendesk.com/agent/tickets/" + id
		}
		return followup.Notice{ID: customer, IncidentTitle: "Payments fail at checkout", IncidentURL: "https://ticketlink.example.com/incidents/INC-42", IncidentMessage: exampleMessage,
			TicketURLs: urls, Stage: 1, Escalate: p.Escalate, Now: due.Add(125 * time.Minute),
			FollowUp: followup.FollowUp{Incident: "INC-42", Kind: followup.Kind(p.Kind), Customer: customer, Helpdesk: "support",
				TicketID: tickets[0], TicketIDs: tickets, DueAt: due}}
	}
	switch {
	case p.Answer:
		facts := followup.AnswerFacts{Incident: "INC-42", Title: "Payments fail at checkout", StartedAt: due.Add(-3 * time.Hour)}
		if p.Kind == string(followup.Closing) {
			facts.ResolvedAt, facts.Message = due, exampleMessage
		}
		return w.Answer(facts)
	case p.Digest:
		m := w.Digest(1, []followup.Notice{example("1", "1001", "1002"), example("2", "1003"), example("3", "1004")})
		return m.Subject + "\n\n" + m.Text
	}
	m := w.Reminder(example("1", "1001", "1002"))
	return m.Subject + "\n\n" + m.Text
}
