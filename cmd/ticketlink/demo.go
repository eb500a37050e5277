package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/hibiken/asynq"
	"github.com/mattn/go-isatty"
	"github.com/ticketlink/ticketlink/cmd/ticketlink/demo"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

type demoCommand struct {
	Speed float64 `help:"How fast the story is told; 1 takes about a minute." default:"1"`
	Once  bool    `help:"End with the story instead of staying up."`

	out io.Writer // default: the terminal
}

func (demoCommand) Help() string {
	return `Needs no configuration and no server: PostgreSQL's programs are enough. What it
makes is gone when it ends. Ctrl-C ends it.`
}

// The demo's secrets: nothing outside this process knows or takes them.
const (
	demoAPIToken   = "demo-api-token"
	demoAlertToken = "demo-alert-token"
)

// demoConfig is the configuration of the story. It links from the start: a new
// installation asks people first, see careful_start.
const demoConfig = `
listen: %s
public_url: http://%[1]s
data_dir: %q
helpdesks:
  - {name: support, kind: zendesk, url: %q, email: bot@example.com, api_token: %s, webhook_secret: %q, start_time: %s}
incident_sources:
  - {name: prometheus, kind: alertmanager, bearer_token: %s}
matching: {careful_start: 0}
impact: {plan: organization_fields.plan, region: organization_fields.region, revenue: organization_fields.mrr, currency: EUR}
follow_up: {notify: [support], escalate: [managers], digest_above: 0}
notify:
  - {name: support, url: %q}
  - {name: managers, url: %q}
`

// A demoRun is the demo with everything that it started.
type demoRun struct {
	parts
	dir      string
	clock    *demo.Clock
	helpdesk *zendeskfake.Server
	url      string // of the helpdesk
	targets  *notifyfake.Server
	listener net.Listener
	inspect  *asynq.Inspector
	log      *slog.Logger
	logFile  string
}

func (d demoCommand) Run(ctx context.Context) (err error) {
	if d.Speed <= 0 {
		return errors.New("--speed: expected a number above 0; 1 takes about a minute")
	}
	if d.out == nil {
		d.out = os.Stdout
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &demoRun{clock: demo.NewClock(demo.Morning(time.Now()))}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	if err := r.open(ctx); err != nil {
		return err
	}
	play := demo.Populate(r.stage(d))
	served, err := r.serve(ctx)
	if err != nil {
		return err
	}
	play.Begin(r.url)
	told := make(chan error, 1)
	go func() { told <- d.tell(ctx, play, r.logFile) }()
	select {
	case err = <-told:
		cancel()
		return errors.Join(unlessCancelled(err), <-served)
	case err = <-served: // it stops with ctx; before that, it failed
		cancel()
		return errors.Join(err, unlessCancelled(<-told))
	}
}

// unlessCancelled drops the error of what was told to stop.
func unlessCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// tell tells the story and then stays.
func (d demoCommand) tell(ctx context.Context, play *demo.Play, log string) error {
	if err := play.Tell(ctx); err != nil {
		return err
	}
	if d.Once {
		return play.Summary(ctx, "")
	}
	if err := play.Summary(ctx, log); err != nil {
		return err
	}
	fmt.Fprintln(d.out, "\nThe helpdesk goes on with ordinary tickets. Ctrl-C ends it.")
	return play.GoOn(ctx)
}

// open makes a directory and starts what stands around the service in it.
func (r *demoRun) open(ctx context.Context) (err error) {
	if r.dir, err = os.MkdirTemp("", "ticketlink-demo-"); err != nil {
		return fmt.Errorf("make a directory for the demo: %w", err)
	}
	r.closers = append(r.closers, func(context.Context) error { return os.RemoveAll(r.dir) })
	if err := os.Chmod(r.dir, 0o711); err != nil { // PostgreSQL may run under another account
		return fmt.Errorf("open the demo's directory: %w", err)
	}
	r.logFile = filepath.Join(r.dir, "service.log")
	file, err := os.Create(r.logFile)
	if err != nil {
		return fmt.Errorf("make the service's log: %w", err)
	}
	r.closers = append(r.closers, func(context.Context) error { return file.Close() })
	r.log = slog.New(slog.NewTextHandler(file, nil))
	if r.listener, err = listenNear(8080); err != nil {
		return err
	}
	r.closers = append(r.closers, func(context.Context) error { r.listener.Close(); return nil })
	r.targets = notifyfake.New()
	r.closers = append(r.closers, func(context.Context) error { r.targets.Close(); return nil })
	return r.openHelpdesk(ctx)
}

func (r *demoRun) openHelpdesk(ctx context.Context) error {
	r.helpdesk = zendeskfake.New(zendeskfake.Options{Clock: r.clock.Now, Email: "bot@example.com", APIToken: demoAPIToken,
		RequestsPerMinute: 700, ExportsPerMinute: 10, FirstTicketID: 1001})
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the simulated helpdesk: %w", err)
	}
	server := &http.Server{Handler: r.helpdesk, ReadHeaderTimeout: 5 * time.Second}
	r.closers = append(r.closers, func(context.Context) error { return server.Close() })
	go server.Serve(listener) // ends with Close
	r.url = "http://" + listener.Addr().String()
	return nil
}

func (r *demoRun) stage(d demoCommand) demo.Stage {
	return demo.Stage{Screen: &demo.Screen{Out: d.out, Plain: !colourful(d.out)}, Clock: r.clock, Helpdesk: r.helpdesk,
		Reminders: r.targets.Arrived(), URL: "http://" + r.listener.Addr().String(), AlertToken: demoAlertToken,
		Speed: d.Speed, Due: r.due, Working: r.working}
}

// colourful says whether escape codes are understood and wanted there, see no-color.org.
func colourful(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && isatty.IsTerminal(file.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// serve starts the real service; what it returns in the end comes by the channel.
func (r *demoRun) serve(ctx context.Context) (<-chan error, error) {
	client, err := zendesk.New(zendesk.Config{URL: r.url, Email: "bot@example.com", APIToken: demoAPIToken, Line: integrations.Line{Clock: r.clock.Now}})
	if err != nil {
		return nil, err
	}
	at := r.listener.Addr().String()
	hook, err := integrations.NewHook("http://"+at, "support", "")
	if err != nil {
		return nil, err
	}
	_, secret, err := client.Setup(ctx, hook)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf(demoConfig, at, r.dir, r.url, demoAPIToken, secret, r.clock.Now().Add(-30*24*time.Hour).Format(time.RFC3339),
		demoAlertToken, r.targets.Target(), r.targets.Target()+"?to=managers")
	conf, err := config.Parse("demo", []byte(text), func(string) (string, bool) { return "", false }, nil)
	if err != nil {
		return nil, err
	}
	o, err := options(conf, r.clock.Now, r.log)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(r.openDatabase(ctx, conf, r.log), r.openRedis(conf, r.log)); err != nil {
		return nil, err
	}
	if err := r.migrate(ctx, r.log); err != nil {
		return nil, err
	}
	o.Database, o.Redis = r.database, r.redis
	r.inspect = asynq.NewInspector(r.redis)
	r.closers = append(r.closers, func(context.Context) error { return r.inspect.Close() })
	served := make(chan error, 1)
	go func() { served <- worker.New(o).Serve(ctx, r.listener) }()
	return served, nil
}

// due says whether anything is to be done that was due by a moment.
func (r *demoRun) due(ctx context.Context, by time.Time) (bool, error) {
	tasks, err := schema.New(r.database).Due(ctx, &by)
	return len(tasks) > 0, err
}

// working says whether a task waits in Redis or is being done.
func (r *demoRun) working() (bool, error) {
	pools, err := r.inspect.Queues() // those that had a task already
	for _, pool := range pools {
		q, err := r.inspect.GetQueueInfo(pool)
		if err != nil {
			return true, fmt.Errorf("look at the queue: %w", err)
		}
		if q.Active+q.Pending > 0 {
			return true, nil
		}
	}
	return false, err
}

// listenNear takes the port, or the next free one.
func listenNear(port int) (net.Listener, error) {
	for p := port; p < port+20; p++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return l, err
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}
