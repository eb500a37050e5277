package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"text/tabwriter"
	"time"
)

type incidentCommand struct {
	Declare declareCommand `cmd:"" help:"Declare an incident."`
	Update  updateCommand  `cmd:"" help:"Change an incident."`
	Resolve resolveCommand `cmd:"" help:"Resolve an incident."`
	Reopen  reopenCommand  `cmd:"" help:"Reopen a resolved incident."`
	Merge   mergeCommand   `cmd:"" help:"Say that an incident is the same as another, which goes on."`
	List    listCommand    `cmd:"" help:"List incidents, newest first."`
	Show    showCommand    `cmd:"" help:"Show an incident and what it did to customers."`
}

// facts are what can be said of an incident. What is not given stays.
type facts struct {
	Title        *string    `help:"One line in customers' words." json:"title,omitempty"`
	Summary      *string    `help:"What is known." json:"summary,omitempty"`
	Severity     *string    `help:"For example sev1." json:"severity,omitempty"`
	Service      []string   `help:"Service concerned; may be repeated." json:"services,omitempty" sep:","`
	Tag          []string   `help:"Tag that affected tickets carry; may be repeated." json:"tags,omitempty" sep:","`
	Keyword      []string   `help:"Word that customers use; may be repeated." json:"keywords,omitempty" sep:","`
	Region       []string   `help:"Region concerned; may be repeated." json:"regions,omitempty" sep:","`
	Organization []string   `help:"Organization known to be affected, by id; may be repeated." json:"organizations,omitempty" sep:","`
	StartedAt    *time.Time `help:"When it began (RFC 3339)." json:"started_at,omitempty"`
	DetectedAt   *time.Time `help:"When it was noticed (RFC 3339)." json:"detected_at,omitempty"`
	URL          *string    `help:"Where more is written." json:"external_url,omitempty"`
}

type declareCommand struct {
	remote
	Key *string `help:"Default: the next INC number." json:"key,omitempty"`
	facts
}

func (declareCommand) Help() string {
	return `Examples:
  ticketlink incident declare --title "Payments fail" --severity sev1 --service payments
  ticketlink incident declare --title "Login loops" --tag login --started-at 2026-11-24T09:40:00Z`
}

func (d declareCommand) Run(ctx context.Context, c *cli) error {
	body := struct {
		Key *string `json:"key,omitempty"`
		facts
	}{d.Key, d.facts}
	return d.change(ctx, c, "POST", "/api/v1/incidents", body)
}

// change calls the API and prints the incident as it is then.
func (r *remote) change(ctx context.Context, c *cli, method, path string, body any) error {
	if err := r.connect(c); err != nil {
		return err
	}
	var i incident
	if err := r.call(ctx, method, path, body, &i); err != nil {
		return err
	}
	fmt.Printf("%s %s: %s\n", i.Key, i.Status, i.Title)
	return nil
}

type incident struct {
	Key, Title, Summary, Severity, Status string
	StartedAt                             time.Time                     `json:"started_at"`
	ResolvedAt                            *time.Time                    `json:"resolved_at"`
	LooksLike                             []struct{ Key, Title string } `json:"looks_like"`
}

func incidentPath(key, rest string) string { return "/api/v1/incidents/" + url.PathEscape(key) + rest }

type updateCommand struct {
	remote
	Key string `arg:"" help:"For example INC-42."`
	corrections
}

// corrections are what can be set right later as well.
type corrections struct {
	facts
	ResolvedAt *time.Time `help:"When a resolved incident really ended (RFC 3339)." json:"resolved_at,omitempty"`
	Message    *string    `help:"What to tell customers at the end." json:"message,omitempty"`
}

func (u updateCommand) Run(ctx context.Context, c *cli) error {
	return u.change(ctx, c, "PATCH", incidentPath(u.Key, ""), u.corrections)
}

type resolveCommand struct {
	remote
	Key     string     `arg:"" help:"For example INC-42."`
	At      *time.Time `help:"When it ended (RFC 3339). Default: now."`
	Message string     `help:"What to tell customers; goes into reminders and the report."`
}

func (r resolveCommand) Run(ctx context.Context, c *cli) error {
	return r.change(ctx, c, "POST", incidentPath(r.Key, "/resolve"), struct {
		At      *time.Time `json:"resolved_at,omitempty"`
		Message string     `json:"message,omitempty"`
	}{r.At, r.Message})
}

type reopenCommand struct {
	remote
	Key string `arg:"" help:"For example INC-42."`
}

func (r reopenCommand) Run(ctx context.Context, c *cli) error {
	return r.change(ctx, c, "POST", incidentPath(r.Key, "/reopen"), nil)
}

type mergeCommand struct {
	remote
	Key  string `arg:"" help:"The one that ends, for example INC-42."`
	Into string `arg:"" help:"The one that goes on, for example INC-41."`
}

func (m mergeCommand) Run(ctx context.Context, c *cli) error {
	return m.change(ctx, c, "POST", incidentPath(m.Key, "/merge"), struct {
		Into string `json:"into"`
	}{m.Into})
}

type listCommand struct {
	remote
	Status string `help:"Only open or resolved ones." enum:"open,resolved," default:""`
	JSON   bool   `help:"Print JSON lines."`
}

func (l listCommand) Run(ctx context.Context, c *cli) error {
	if err := l.connect(c); err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer out.Flush()
	cursor := ""
	for {
		var page struct {
			Items []json.RawMessage
			Next  string `json:"next_cursor"`
		}
		path := "/api/v1/incidents?limit=500&cursor=" + url.QueryEscape(cursor)
		if l.Status != "" {
			path += "&status=" + l.Status
		}
		if err := l.call(ctx, "GET", path, nil, &page); err != nil {
			return err
		}
		for _, raw := range page.Items {
			if l.JSON {
				fmt.Printf("%s\n", raw)
				continue
			}
			var i incident
			if err := json.Unmarshal(raw, &i); err != nil {
				return fmt.Errorf("read answer: %w", err)
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", i.Key, i.Status, i.Severity, i.StartedAt.Format(time.RFC3339), i.Title)
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

type showCommand struct {
	remote
	Key  string `arg:"" help:"For example INC-42."`
	JSON bool   `help:"Print JSON."`
}

func (s showCommand) Run(ctx context.Context, c *cli) error {
	if err := s.connect(c); err != nil {
		return err
	}
	var i incident
	var raw, impact json.RawMessage
	if err := s.call(ctx, "GET", incidentPath(s.Key, ""), nil, &raw); err != nil {
		return err
	}
	if err := s.call(ctx, "GET", incidentPath(s.Key, "/impact"), nil, &impact); err != nil {
		return err
	}
	if s.JSON {
		fmt.Printf("{\"incident\":%s,\"impact\":%s}\n", raw, impact)
		return nil
	}
	if err := json.Unmarshal(raw, &i); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return printIncident(i, impact)
}

// printIncident shows an incident with the numbers that matter most.
func printIncident(i incident, raw json.RawMessage) error {
	var m struct {
		Linked        int64 `json:"linked_tickets"`
		Customers     int64
		Organizations int64
		Unanswered    int64 `json:"unanswered_tickets"`
		Tickets       struct{ Suggested int64 }
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("read impact: %w", err)
	}
	fmt.Printf("%s %s\n%s, %s, since %s", i.Key, i.Title, i.Severity, i.Status, i.StartedAt.Format(time.RFC3339))
	if i.ResolvedAt != nil {
		fmt.Printf(", resolved %s", i.ResolvedAt.Format(time.RFC3339))
	}
	fmt.Printf("\n\n%d customers in %d organizations wrote %d tickets; %d more are suggested, %d are unanswered.\n",
		m.Customers, m.Organizations, m.Linked, m.Tickets.Suggested, m.Unanswered)
	for _, d := range i.LooksLike {
		fmt.Printf("\nIs %[1]s (%[2]s) the same? Then: ticketlink incident merge %[1]s %[3]s\n", d.Key, d.Title, i.Key)
	}
	return nil
}
