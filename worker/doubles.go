package worker

import (
	"context"
	"fmt"
	"strconv"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// A double is another open incident that may be the same one: an alert opened
// it and a person declared it. What fits both is not linked without asking, so
// nobody is reminded of those customers until a person merges the two or
// decides. Of 52 labelled incidents none looks like another one's double.
type double struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	Tickets int32  `json:"tickets" doc:"How many fit both"`
}

// doublesOf finds them for an open incident.
func (w *Worker) doublesOf(ctx context.Context, q *schema.Queries, i schema.Incident) ([]schema.DoublesRow, error) {
	if i.Status != "open" {
		return nil, nil
	}
	rows, err := q.Doubles(ctx, i.ID)
	if err != nil {
		return nil, fmt.Errorf("find doubles of %s: %w", i.Key, err)
	}
	return rows, nil
}

// tellDoubles says once of two incidents that they look like one.
func (w *Worker) tellDoubles(ctx context.Context, q *schema.Queries, i schema.Incident) error {
	rows, err := w.doublesOf(ctx, q, i)
	if err != nil {
		return err
	}
	for _, r := range rows {
		older, newer, first, second := i.Key, r.Key, i.ID, r.ID
		if second < first {
			older, newer, first, second = newer, older, second, first
		}
		if err := w.announce(ctx, q, doubleMessage(older, newer, fmt.Sprintf("double/%d/%d", first, second), r.Tickets, w.PublicURL)); err != nil {
			return err
		}
	}
	return nil
}

func doubleMessage(older, newer, key string, tickets int32, publicURL string) integrations.Message {
	return integrations.Message{
		Key:     key,
		Subject: fmt.Sprintf("%s looks like %s: are they one incident?", newer, older),
		Text: fmt.Sprintf("%d tickets fit both, and what fits both is not linked without asking.\nIf they are one incident: ticketlink incident merge %s %s, or the button on its page. If not, confirm a few tickets of each.",
			tickets, newer, older),
		URL:    publicURL + "/incidents/" + newer,
		Fields: map[string]string{"incident": newer, "looks_like": older, "tickets": strconv.Itoa(int(tickets))},
	}
}

// doubles are the incident's as people see them.
func (w *Worker) doubles(ctx context.Context, i schema.Incident) (views []double, err error) {
	rows, err := w.doublesOf(ctx, w.queries, i)
	for _, r := range rows {
		views = append(views, double{r.Key, r.Title, r.Tickets})
	}
	return views, err
}
