package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// A service is the running ticketlink, as its users reach it.
type service struct{ url string }

// incident, link, followUp and impact are the parts of the API's answers that
// the story tells.
type incident struct {
	Key, Title, Severity, Status string
	StartedAt                    time.Time `json:"started_at"`
}

type link struct {
	TicketID   string `json:"ticket_id"`
	Subject    string
	State      string
	Confidence float64
	CreatedAt  time.Time `json:"created_at"`
	DecidedBy  string    `json:"decided_by"`
	Evidence   []evidence
}

type evidence struct {
	Kind, Detail string
	Weight       float64
}

func (l link) linked() bool { return l.State == "auto" || l.State == "confirmed" }

// strongest returns the n reasons that speak most for the link.
func (l link) strongest(n int) []evidence {
	list := slices.SortedStableFunc(slices.Values(l.Evidence), func(a, b evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	return list[:min(n, len(list))]
}

type followUp struct {
	ID, Kind, Status string
	TicketID         string   `json:"ticket_id"`
	TicketIDs        []string `json:"ticket_ids"`
}

type impact struct {
	Linked        int64 `json:"linked_tickets"`
	Customers     int64
	Organizations int64
	Revenue       map[string]float64 `json:"revenue_affected"`
	Unanswered    int64              `json:"unanswered_tickets"`
	Excess        float64            `json:"excess_tickets"`
	DetectionLag  *float64           `json:"detection_lag_seconds"`
	FirstReply    *float64           `json:"first_reply_seconds"`
}

// call asks the service and decodes its answer into out, nil for none.
func (s service) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("write request: %w", err)
		}
	}
	return s.post(ctx, method, path, http.Header{"Content-Type": {"application/json"}}, body, out)
}

func (s service) post(ctx context.Context, method, path string, header http.Header, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("call the service: %w", err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: the service answered %d: %s", method, path, resp.StatusCode, raw)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("read answer to %s %s: %w", method, path, err)
	}
	return nil
}

const everything = "?limit=500" // the story has fewer of everything

func (s service) incidents(ctx context.Context) (list []incident, err error) {
	var page struct{ Items []incident }
	err = s.call(ctx, "GET", "/api/v1/incidents"+everything, nil, &page)
	return page.Items, err
}

func (s service) links(ctx context.Context, key string) ([]link, error) {
	var page struct{ Items []link }
	err := s.call(ctx, "GET", "/api/v1/incidents/"+key+"/tickets"+everything, nil, &page)
	return page.Items, err
}

func (s service) followUps(ctx context.Context, key, kind string) (of []followUp, err error) {
	var page struct{ Items []followUp }
	err = s.call(ctx, "GET", "/api/v1/follow-ups"+everything+"&incident="+key, nil, &page)
	for _, f := range page.Items {
		if f.Kind == kind {
			of = append(of, f)
		}
	}
	return of, err
}

func (s service) impact(ctx context.Context, key string) (i impact, err error) {
	return i, s.call(ctx, "GET", "/api/v1/incidents/"+key+"/impact", nil, &i)
}

// decide records a person's word about a ticket.
func (s service) decide(ctx context.Context, key, ticket, state, by string) error {
	return s.call(ctx, "PUT", "/api/v1/incidents/"+key+"/tickets/support/"+ticket, map[string]string{"state": state, "by": by}, nil)
}
