package worker

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
)

// surgeMessage words a surge. It names the tickets and what they share, not
// their text.
func surgeMessage(id int64, s match.Surge, tickets []schema.SurgeTicketsRow, publicURL string) integrations.Message {
	about, onset := surgeAbout(s), s.Onset.UTC().Format(time.RFC3339)
	var names []string
	for _, t := range tickets {
		names = append(names, t.Helpdesk+"/"+t.TicketID)
	}
	return integrations.Message{
		Key:     fmt.Sprintf("surge/%d", id),
		Subject: fmt.Sprintf("%d tickets about %s, %.0f usual, and no incident", len(s.Tickets), about, s.Usual),
		Text: fmt.Sprintf("Since %s %d tickets share %s; %.1f would be usual. No open incident explains them.\nTickets: %s.\nDeclare one on the page, or: ticketlink incident declare --started-at %s --title …",
			s.Onset.UTC().Format("15:04 UTC"), len(s.Tickets), about, s.Usual, firstOf(names, surgeNames), onset),
		URL: publicURL,
		Fields: map[string]string{"surge_id": strconv.FormatInt(id, 10), "term": s.Term, "symptom": s.Symptom,
			"onset_at": onset, "tickets": strconv.Itoa(len(s.Tickets)), "ticket_ids": strings.Join(names, ",")},
	}
}

// surgeNames is how many tickets a message names.
const surgeNames = 10

func firstOf(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}

// surgeAbout is what a surge's tickets share, in words.
func surgeAbout(s match.Surge) string {
	about := "the " + s.Kind + " " + strconv.Quote(s.Term)
	switch {
	case s.Term == "" && s.Symptom != "":
		return "the symptom " + strconv.Quote(s.Symptom)
	case s.Unsaid(), s.Term == "":
		about = "one word, which is not stored"
	}
	if s.Symptom != "" {
		about += " and " + s.Symptom
	}
	return about
}

// saidTerm is what a surge's tickets share in a word that people know, "" for none.
func saidTerm(kind, term string) string {
	if (match.Surge{Kind: kind, Term: term}).Unsaid() {
		return ""
	}
	return term
}

func surgeTitle(term, symptom string) string {
	return "Customers report " + cmp.Or(strings.TrimSpace(term+" "+symptom), "the same trouble")
}
