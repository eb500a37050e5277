package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/ticketlink/ticketlink/worker/match"
)

type modelCommand struct {
	Show  showModelCommand  `cmd:"" help:"Say what people's decisions have taught the matcher."`
	Reset resetModelCommand `cmd:"" help:"Forget a part of it. Links and decisions stay as they are."`
}

type showModelCommand struct {
	remote
	JSON bool `help:"Print all of it as JSON."`
}

func (showModelCommand) Help() string {
	return `Each part acts once enough decisions speak for it. ticketlink model reset takes
back a part, as a new version.`
}

func (s showModelCommand) Run(ctx context.Context, c *cli) error {
	const path = "/api/v1/model"
	if s.JSON {
		return s.print(ctx, c, "GET", path, nil)
	}
	if err := s.connect(c); err != nil {
		return err
	}
	var m match.Model
	if err := s.call(ctx, "GET", path, nil, &m); err != nil {
		return err
	}
	var careful struct {
		Needed, Decisions int
		Over              bool
	}
	if err := s.call(ctx, "GET", "/api/v1/careful-start", nil, &careful); err != nil {
		return err
	}
	if err := printModel(os.Stdout, m); err != nil || careful.Over {
		return err
	}
	fmt.Printf("\nOnly suggesting so far: %d of %d decisions (matching.careful_start).\n", careful.Decisions, careful.Needed)
	return nil
}

type resetModelCommand struct {
	remote
	Part string `arg:"" help:"associations, tag, lag, platt (the calibration) or all." enum:"associations,tag,lag,platt,all"`
}

func (r resetModelCommand) Run(ctx context.Context, c *cli) error {
	if err := r.connect(c); err != nil {
		return err
	}
	var m match.Model
	if err := r.call(ctx, "POST", "/api/v1/model/reset", map[string]string{"part": r.Part}, &m); err != nil {
		return err
	}
	what := map[string]string{"associations": "the associations are forgotten", "tag": "an incident's own tags weigh as usual",
		"lag": "customers come as late as usual", "platt": "the calibration is the built-in one", "all": "all that was learned is forgotten"}
	fmt.Printf("Version %d: %s. Earlier versions are kept for a month at least.\n", m.Version, what[r.Part])
	fmt.Println("Untouched: what is linked, and people's decisions, which do not teach again.\n" +
		"Suggestions are scored with this version now.")
	return nil
}

const shownPairs = 10

// printModel says what the model does.
func printModel(w io.Writer, m match.Model) error {
	if m.Decisions == 0 && len(m.Pairs) == 0 {
		fmt.Fprintf(w, "Nothing is learned yet (version %d). What people confirm and reject teaches.\n", m.Version)
		return nil
	}
	l := m.Learned()
	fmt.Fprintf(w, "Version %d (%s), after %d decisions, %.0f %% of them confirmed\n\n",
		m.Version, m.UpdatedAt.UTC().Format("2006-01-02 15:04 UTC"), m.Decisions, 100*l.Confirmed)
	fmt.Fprintf(w, "associations  %d of %d act, those with %d decisions or more\n", len(l.Pairs), l.Known, l.NeedsPair)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range l.Pairs[:min(len(l.Pairs), shownPairs)] {
		fmt.Fprintf(table, "    %+.2f\t%s\twith %s\t%.0f of %.0f confirmed\n", p.Weight, p.Ticket, p.Incident, p.Confirmed, p.Confirmed+p.Rejected)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print model: %w", err)
	}
	if more := len(l.Pairs) - shownPairs; more > 0 {
		fmt.Fprintf(w, "    and %d weaker ones; --json prints all\n", more)
	}
	fmt.Fprintf(w, "tag           %s\n", learnt(l.Tags, "confirmed tickets", fmt.Sprintf("own tags weigh %.2f times the usual", l.Tags.Value)))
	fmt.Fprintf(w, "lag           %s\n", learnt(l.Lag, "tickets after the end",
		fmt.Sprintf("%.1f h (usual: %.1f), %.0f %% over %d h", l.Lag.Value, l.UsualLag, 100*l.Late, l.LateHours)))
	fmt.Fprintf(w, "calibration   %s\n", learnt(l.Scores, "decisions on proposals",
		fmt.Sprintf("log-odds times %.2f, %+.2f", l.Scores.Value, l.Shift)))
	return nil
}

// learnt says what a part does, or what it lacks.
func learnt(s match.LearntSum, of, does string) string {
	if s.Acts() {
		return fmt.Sprintf("%s (%.0f %s)", does, s.Has, of)
	}
	return fmt.Sprintf("as built in; needs %d %s, has %.0f", s.Needs, of, s.Has)
}
