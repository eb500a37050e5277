package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/match/offline"
)

type matchCommand struct {
	Incidents     string `help:"Incidents, one JSON object a line." required:"" placeholder:"FILE"`
	Tickets       string `help:"Tickets in the helpdesk's own form." placeholder:"FILE"`
	Events        string `help:"Instead of tickets, or with them for their texts: what the world learned, in that order." placeholder:"FILE"`
	Organizations string `help:"Organizations in the helpdesk's form, for regions: from the field that impact.region names, or else region." placeholder:"FILE"`
	Model         string `help:"What ticketlink model show --json printed: what people's decisions have taught." placeholder:"FILE"`
	Compare       string `help:"Links of an earlier run: say what is linked differently now, and by which evidence." placeholder:"FILE"`
	Out           string `help:"Where the links go, as JSON lines; - is the standard output. A replay writes FILE.replay and FILE.surges too." required:"" placeholder:"FILE"`
	Auto          bool   `help:"Link without asking, as a warmed-up installation does. --no-auto only suggests." default:"true" negatable:""`
	Quiet         bool   `help:"No progress and no summary."`
}

// warmedUp is the threshold that a warmed-up installation may go down to: on
// labelled sets, easy and hard ones, 95 % of what is linked from there on is right.
const warmedUp = 0.85

func (matchCommand) Help() string {
	return `Needs no database. Files may be gzipped; one of them may be -, the standard
input. Matching rules and thresholds come from the configuration, so a change can
be tried before it is made; with --model, on what was learned. careful_start is
not looked at: --no-auto reports as a new installation does. Without a
configuration file it links from a confidence of 0.85, as a warmed-up
installation may.

Examples:
  ticketlink match --incidents incidents.jsonl --tickets tickets.jsonl --out links.jsonl
  ticketlink match --incidents i.jsonl.gz --tickets t.jsonl.gz --organizations o.jsonl.gz --config new.yaml --compare links.jsonl --out new.jsonl
  ticketlink model show --json > model.json && ticketlink match --model model.json …`
}

func (m matchCommand) Run(ctx context.Context, c *cli) error {
	if m.Tickets == "" && m.Events == "" {
		return errors.New("give --tickets or --events")
	}
	if err := present(inputFile{"--incidents", m.Incidents}, inputFile{"--tickets", m.Tickets},
		inputFile{"--events", m.Events}, inputFile{"--organizations", m.Organizations}, inputFile{"--model", m.Model}, inputFile{"--compare", m.Compare}); err != nil {
		return err
	}
	conf, err := config.Load(c.Config, os.LookupEnv, os.ReadFile)
	if err != nil {
		return err
	}
	policy := matchPolicy(conf.Matching)
	if c.Config == "" {
		policy.AutoLink = warmedUp
	}
	region, known := strings.CutPrefix(conf.Impact.Region, "organization_fields.")
	if !known && region != "" && m.Organizations != "" {
		return fmt.Errorf("impact.region: %s is not in --organizations: leave that out, or name one of organization_fields", region)
	}
	model, err := readModel(m.Model)
	if err != nil {
		return err
	}
	summary, err := offline.Match(ctx, offline.MatchOptions{
		Incidents: m.Incidents, Tickets: m.Tickets, Events: m.Events, Organizations: m.Organizations, Region: region, Compare: m.Compare, Out: m.Out,
		Policy: policy, Model: model, Auto: m.Auto, Progress: progressTo(m.Quiet),
	})
	if err != nil || m.Quiet {
		return err
	}
	if m.Out == "-" { // taken by the links
		summary.Print(os.Stderr)
	} else {
		summary.Print(os.Stdout)
	}
	return nil
}

func readModel(path string) (m match.Model, err error) {
	if path == "" {
		return m, nil
	}
	file := os.Stdin
	if path != "-" {
		if file, err = os.Open(path); err != nil {
			return m, fmt.Errorf("read model: %w", err)
		}
		defer file.Close()
	}
	raw, err := io.ReadAll(file)
	if err != nil {
		return m, fmt.Errorf("read model: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("read model: %s: want what ticketlink model show --json prints", path)
	}
	return m, nil
}

type evaluateCommand struct {
	Labels    string `help:"Known answers: ticket_id and incident_id or null, a line each." required:"" placeholder:"FILE"`
	Links     string `help:"What ticketlink match wrote." required:"" placeholder:"FILE"`
	Incidents string `help:"For titles in the report." placeholder:"FILE"`
	Tickets   string `help:"For subjects and times in the report." placeholder:"FILE"`
	JSON      bool   `help:"Print the report as JSON."`
}

func (evaluateCommand) Help() string {
	return `Precision, recall and F1 of links and suggestions, calibration, and the worst
mistakes with their evidence; with --incidents and --tickets also what a plain tag
rule would link. After a replay (match --events) also the figures
15 minutes, an hour and a day after each declaration, and, with --tickets, how
soon surges would have told of the incidents had nobody declared them.

Example:
  ticketlink evaluate --labels labels.jsonl --links links.jsonl --incidents incidents.jsonl --tickets tickets.jsonl`
}

func (e evaluateCommand) Run() error {
	if err := present(inputFile{"--labels", e.Labels}, inputFile{"--links", e.Links},
		inputFile{"--incidents", e.Incidents}, inputFile{"--tickets", e.Tickets}); err != nil {
		return err
	}
	report, err := offline.Evaluate(offline.EvaluateOptions{Labels: e.Labels, Links: e.Links, Incidents: e.Incidents, Tickets: e.Tickets})
	if err != nil {
		return err
	}
	if !e.JSON {
		report.Print(os.Stdout)
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	fmt.Printf("%s\n", text)
	return nil
}
