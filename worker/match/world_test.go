package match

import (
	"fmt"
	"math/rand"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world is a made-up month: ordinary tickets every twenty minutes, and two
// incidents in its middle, six hours apart, with members of their own.
type world struct {
	tickets   []Ticket
	incidents []Incident
	members   map[string]string // ticket to incident
}

var ordinary = []string{
	"How do I change my invoice address", "Question about plan prices", "Please export my data to a spreadsheet",
	"I forgot my password and cannot log in", "Where is the dark mode", "Add three seats to our team",
	"The checkout asks for a coupon", "Can I pay by bank transfer", "Where are saved searches", "Card reader shows an error",
}

var ordinaryTags = []string{"billing", "plans", "export", "login", "ui", "seats", "checkout", "payments", "search", "cards"}

func newWorld(seed int64, members int) world {
	rnd := rand.New(rand.NewSource(seed))
	w := world{members: map[string]string{}}
	for i := range 600 {
		k := rnd.Intn(6)
		if i%8 == 0 { // what the incidents are about is rarer
			k = 6 + rnd.Intn(4)
		}
		w.add(fmt.Sprintf("t%03d", i), noon.Add(time.Duration(i-400)*20*time.Minute), ordinary[k], ordinaryTags[k], "web_form")
	}
	w.incidents = []Incident{
		{ID: "A", Title: "Payments fail at checkout", Services: []string{"payments"}, Tags: []string{"checkout"}, Regions: []string{"eu"},
			StartedAt: noon, DeclaredAt: noon.Add(20 * time.Minute), ResolvedAt: noon.Add(2 * time.Hour)},
		{ID: "B", Title: "Search is slow", Services: []string{"search"},
			StartedAt: noon.Add(6 * time.Hour), DeclaredAt: noon.Add(7 * time.Hour), ResolvedAt: noon.Add(8 * time.Hour)},
	}
	texts := map[string]string{"A": "Payment fails with an error at checkout", "B": "Search takes forever, timeouts all the time"}
	tags := map[string]string{"A": "payments", "B": "search"}
	for i := range members {
		id := []string{"A", "B"}[i%2]
		t := fmt.Sprintf("m%s%02d", id, i)
		late := time.Duration(i%2) * 6 * time.Hour
		w.add(t, noon.Add(late+time.Duration(10+rnd.Intn(90))*time.Minute), texts[id], tags[id])
		w.members[t] = id
	}
	return w
}

func (w *world) add(id string, at time.Time, text string, tags ...string) {
	org := fmt.Sprintf("o%d", len(w.tickets)%7)
	region := []string{"eu", "us", ""}[len(w.tickets)%3]
	w.tickets = append(w.tickets, Ticket{ID: id, CreatedAt: at, Subject: text, Body: text + ". Please help.", Tags: tags, OrganizationID: org, Region: region})
}

func (w world) corpus(p Policy) *Corpus {
	c := NewCorpus(p)
	for _, t := range w.tickets {
		c.Put(t)
	}
	return c
}

func (w world) query() Query {
	return Query{Targets: w.incidents, Policy: DefaultPolicy(), Now: noon.Add(48 * time.Hour)}
}

func find(links []Link, ticket, incident string) (Link, bool) {
	for _, l := range links {
		if l.TicketID == ticket && l.IncidentID == incident {
			return l, true
		}
	}
	return Link{}, false
}
