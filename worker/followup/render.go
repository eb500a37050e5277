package followup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Notice is what a reminder is about.
type Notice struct {
	ID              string // the follow-up's id in the API
	FollowUp        FollowUp
	IncidentTitle   string
	IncidentMessage string            // what to tell customers at the end, "" for nothing
	IncidentURL     string            // our page about it
	TicketURLs      map[string]string // by ticket id; missing ones are named only
	Stage           int
	Escalate        bool
	InsteadOf       string // the target that could not be reached, "" for none
	Now             time.Time
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

// Facts are what the templates of a reminder get.
type Facts struct {
	Incident  string // its key
	Title     string
	URL       string // our page about it, "" for none
	Kind      string // first_reply, update, closing
	Message   string // closing: what to tell the customer, "" for nothing
	TicketID  string // the one to answer
	Tickets   []TicketFacts
	Assignee  string // the helpdesk's id
	DueAt     time.Time
	Late      string // "2 h 5 min", "" while it is not late
	Stage     int
	Escalate  bool
	InsteadOf string
}

// TicketFacts are a ticket's id and, where known, its address.
type TicketFacts struct{ ID, URL string }

func (n Notice) facts() Facts {
	f := n.FollowUp
	facts := Facts{
		Incident: f.Incident, Title: oneLine(n.IncidentTitle), URL: n.IncidentURL, Kind: string(f.Kind),
		TicketID: f.TicketID, Assignee: f.Assignee, DueAt: f.DueAt.UTC(), Stage: n.Stage, Escalate: n.Escalate, InsteadOf: n.InsteadOf,
	}
	if f.Kind == Closing {
		facts.Message = oneLine(n.IncidentMessage)
	}
	if late := n.Now.Sub(f.DueAt); late >= time.Minute {
		facts.Late = inWords(late)
	}
	for _, id := range f.TicketIDs {
		facts.Tickets = append(facts.Tickets, TicketFacts{id, n.TicketURLs[id]})
	}
	return facts
}

// Reminder words a reminder. It names the incident and the tickets, never a
// customer or a ticket's subject: notification targets are often read by more
// people than the helpdesk is. The key is the same whenever the same stage of
// the same follow-up is said again.
func (w *Wording) Reminder(n Notice) Message {
	f, facts := n.FollowUp, n.facts()
	return Message{
		Key:     f.Key + "/reminder/" + strconv.Itoa(n.Stage),
		Subject: w.say("subject", facts),
		Text:    w.say("text", facts),
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
			"language":     w.Language,
		},
	}
}

// DigestFacts are what the templates of a digest get.
type DigestFacts struct {
	Count     int
	Incidents []string // their keys
	Groups    []DigestGroup
}

// A DigestGroup is one incident's part of a digest.
type DigestGroup struct {
	Incident, Title, URL string
	Reminders            []Facts
}

func digestFacts(notices []Notice) DigestFacts {
	d := DigestFacts{Count: len(notices)}
	for _, n := range notices {
		f := n.facts()
		at := slices.Index(d.Incidents, f.Incident)
		if at < 0 {
			at = len(d.Incidents)
			d.Incidents = append(d.Incidents, f.Incident)
			d.Groups = append(d.Groups, DigestGroup{Incident: f.Incident, Title: f.Title, URL: f.URL})
		}
		d.Groups[at].Reminders = append(d.Groups[at].Reminders, f)
	}
	return d
}

// Digest words several reminders as one message, which names every ticket. The
// number is the digest's own: its key stays when it is sent again.
func (w *Wording) Digest(number int64, notices []Notice) Message {
	facts := digestFacts(notices)
	var ids, tickets, kinds []string
	escalate := false
	for _, n := range notices {
		ids = append(ids, n.ID)
		tickets = append(tickets, n.FollowUp.TicketIDs...)
		kinds = append(kinds, string(n.FollowUp.Kind))
		escalate = escalate || n.Escalate
	}
	slices.Sort(kinds)
	m := Message{
		Key:     fmt.Sprintf("digest/%d", number),
		Subject: w.say("digest_subject", facts),
		Text:    w.say("digest", facts),
		Fields: map[string]string{
			"kind": strings.Join(slices.Compact(kinds), ","), "follow_up_ids": strings.Join(ids, ","),
			"ticket_ids": strings.Join(tickets, ","), "incident_ids": strings.Join(facts.Incidents, ","),
			"escalation": strconv.FormatBool(escalate), "language": w.Language,
		},
	}
	if len(facts.Incidents) == 1 {
		m.URL, m.Fields["incident"] = notices[0].IncidentURL, facts.Incidents[0]
	}
	return m
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
