// Command ticketlink links support tickets to incidents, shows what each
// incident did to customers, and makes sure that they hear back.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/ticketlink/ticketlink/worker/config"
)

// cli is every command there is.
type cli struct {
	Config string `help:"Configuration file (YAML)." type:"path" env:"TICKETLINK_CONFIG" placeholder:"FILE"`

	Init     initCommand     `cmd:"" help:"Ask what you use and write a configuration."`
	Demo     demoCommand     `cmd:"" help:"Tell one incident's whole life, with nothing to install or configure."`
	Serve    serveCommand    `cmd:"" help:"Run the service: webhooks, API, page, pollers, workers."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to this version."`
	Doctor   doctorCommand   `cmd:"" help:"Check configuration, database, Redis, helpdesks and notification targets."`
	Verify   verifyCommand   `cmd:"" help:"Count from scratch what the tables say, compare, and repair."`
	Setup    setupCommand    `cmd:"" help:"Create or repair what a helpdesk needs to tell us of tickets."`
	Backfill backfillCommand `cmd:"" help:"Load a helpdesk's history. Resumes where it stopped."`
	Backup   backupCommand   `cmd:"" help:"Write the whole database to one file, while the service runs on."`
	Restore  restoreCommand  `cmd:"" help:"Load a backup into an empty database."`

	Incident incidentCommand `cmd:"" help:"Declare, change, resolve, reopen, list and show incidents."`
	Link     linkCommand     `cmd:"" help:"Link a ticket to an incident by hand (the same as confirm)."`
	Confirm  linkCommand     `cmd:"" help:"Confirm that a ticket belongs to an incident."`
	Reject   rejectCommand   `cmd:"" help:"Say that a ticket does not belong to an incident."`
	Unlink   rejectCommand   `cmd:"" help:"Take a ticket off an incident for good (the same as reject)."`
	Answer   answerCommand   `cmd:"" help:"Answer all affected tickets of an incident; a dry run until it is confirmed."`
	Preview  previewCommand  `cmd:"" help:"Show what reminders, digests and answers say."`
	Report   reportCommand   `cmd:"" help:"Print an incident's impact section for the post-mortem."`

	Token    tokenCommand    `cmd:"" help:"Make tokens for the API."`
	Privacy  privacyCommand  `cmd:"" help:"Export or erase what is held about a person."`
	Match    matchCommand    `cmd:"" help:"Offline: say which tickets would be linked and why."`
	Evaluate evaluateCommand `cmd:"" help:"Offline: compare links with known answers."`
	Model    modelCommand    `cmd:"" help:"Show or reset what the matcher has learned."`
	Bench    benchCommand    `cmd:"" help:"Measure this machine against the floor that each part is held to."`

	Reference   referenceCommand `cmd:"" hidden:"" help:"Print the configuration reference as Markdown."`
	Health      healthCommand    `cmd:"" hidden:"" help:"Ask a running service whether it is ready; for containers."`
	FakeZendesk fakeCommand      `cmd:"" hidden:"" help:"Run the simulated helpdesk."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parser := kong.Must(&c, kong.Name("ticketlink"), kong.ShortUsageOnError(),
		kong.Description("Links support tickets to incidents, shows what each incident did to customers, and makes sure that they hear back.\n\nBegin with: ticketlink demo"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.BindTo(ctx, (*context.Context)(nil)))
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"--help"} // who says nothing wants to know what there is
	}
	run, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	if err := run.Run(&c); err != nil {
		fmt.Fprintln(os.Stderr, "ticketlink:", err)
		os.Exit(1)
	}
}

// load reads the configuration and prints what it warns of.
func (c *cli) load() (*config.Config, *slog.Logger, error) {
	conf, err := config.Load(c.Config, os.LookupEnv, os.ReadFile)
	if err != nil {
		return nil, nil, err
	}
	// shoutrrr's services call whatever is Go's default; they take no client.
	http.DefaultTransport = outbound(conf).Transport()
	log := logger(conf)
	for _, w := range conf.Warnings {
		log.Warn(w)
	}
	return conf, log, nil
}

func logger(c *config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.Level()}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
