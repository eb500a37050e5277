package followup

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Notice is what a reminder is about.
type Notice struct {
	ID            string // the follow-up's id in the API
	FollowUp      FollowUp
	IncidentTitle string
	IncidentURL   string            // our page about it
	TicketURLs    map[string]string // by ticket id; missing ones are named only
	Stage         int
	Escalate      bool
	Now           time.Time
}

// A Message is a reminder in words and in fields for machines. It has the
// fields of integrations.Message.
type Message struct {
	Key     string
	Subject string
	Text    string
	URL     string
	Fields  map[string]string
}

var askFor = map[Kind]string{
	FirstReply: "give a first reply",
	Update:     "send news",
	Closing:    "tell the customer that it is resolved",
}

var howTo = map[Kind]string{
	FirstReply: "Nobody has answered this customer publicly while the incident is open. Any public reply ends this reminder.",
	Update:     "The incident is still open and this customer has not heard for a while. Any public reply ends this reminder.",
	Closing:    "The incident is resolved and this customer has not heard since. A public reply ends this reminder; a reply from before the resolution does not count.",
}

// Render words a reminder. It names the incident and the tickets, never a
// customer or a ticket's subject: notification targets are often read by more
// people than the helpdesk is. The key is the same whenever the same stage of
// the same follow-up is rendered.
func Render(n Notice) Message {
	f := n.FollowUp
	return Message{
		Key:     f.Key + "/reminder/" + strconv.Itoa(n.Stage),
		Subject: n.subject(),
		Text:    n.text(),
		URL:     n.IncidentURL,
		Fields: map[string]string{
			"incident":     f.Incident,
			"follow_up_id": n.ID,
			"kind":         string(f.Kind),
			"helpdesk":     f.Helpdesk,
			"ticket_id":    f.TicketID,
			"ticket_ids":   strings.Join(f.TicketIDs, ","),
			"assignee":     f.Assignee,
			"due_at":       f.DueAt.UTC().Format(time.RFC3339),
			"reason":       f.Reason,
			"stage":        strconv.Itoa(n.Stage),
			"escalation":   strconv.FormatBool(n.Escalate),
		},
	}
}

func (n Notice) subject() string {
	s := fmt.Sprintf("%s: %s (ticket %s)", n.FollowUp.Incident, askFor[n.FollowUp.Kind], n.FollowUp.TicketID)
	if n.Escalate {
		return "Escalation: " + s
	}
	return s
}

func (n Notice) text() string {
	f := n.FollowUp
	var b strings.Builder
	fmt.Fprintf(&b, "Incident %s: %s\n", f.Incident, oneLine(n.IncidentTitle))
	fmt.Fprintf(&b, "Please %s. %s\n\n", askFor[f.Kind], n.lateness())
	for _, id := range f.TicketIDs {
		b.WriteString(strings.TrimSpace("Ticket "+id+" "+n.TicketURLs[id]) + "\n")
	}
	if len(f.TicketIDs) > 1 {
		b.WriteString("All are from one customer: answering any of them is enough.\n")
	}
	fmt.Fprintf(&b, "\n%s\n", howTo[f.Kind])
	if n.IncidentURL != "" {
		fmt.Fprintf(&b, "%s\n", n.IncidentURL)
	}
	return b.String()
}

func (n Notice) lateness() string {
	due := moment(n.FollowUp.DueAt)
	late := n.Now.Sub(n.FollowUp.DueAt)
	if late < time.Minute {
		return "Due at " + due + "."
	}
	return fmt.Sprintf("Due at %s, %s ago.", due, inWords(late))
}

// inWords rounds down to the largest two units: "26 h 5 min" is "1 d 2 h".
func inWords(d time.Duration) string {
	days, hours, minutes := int(d/day), int(d%day/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
	return fmt.Sprintf("%d min", minutes)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
