package worker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

const commandHelp = `/incident declare TITLE [severity=… service=… tag=… region=…]
/incident list
/incident show [KEY]
/incident update [KEY] [severity=… title="…" summary="…" service=… tag=…]
/incident resolve [KEY] [what was done]
/incident reopen [KEY]
/incident link-channel KEY: what is said here is told in the incident's timeline, and its impact is shown here
/impact [KEY]
Without a KEY it is the incident of this channel.`

// A verb is one thing that /incident does.
type verb struct {
	changes bool // only for those who may; its answer is for the channel
	do      func(w *Worker, ctx context.Context, c call) (string, error)
}

// A call is a command on its way to its verb.
type call struct {
	chat Chat
	cmd  integrations.ChatCommand
	args args
	by   string
	key  string // of the incident, "" where none is named and the channel has none
}

var verbs = map[string]verb{
	"declare":      {true, (*Worker).sayDeclare},
	"list":         {false, (*Worker).sayList},
	"show":         {false, (*Worker).sayShow},
	"update":       {true, (*Worker).sayUpdate},
	"resolve":      {true, (*Worker).sayResolve},
	"reopen":       {true, (*Worker).sayReopen},
	"link-channel": {true, (*Worker).sayLink},
}

var errNoKey = errors.New("name the incident by its key, as in /incident show INC-42, or link this channel to it")

// runCommand does what a command says, in the name of who gave it.
func (w *Worker) runCommand(ctx context.Context, chat Chat, cmd integrations.ChatCommand) integrations.ChatAnswer {
	name, rest := firstWord(cmd.Text)
	if strings.HasSuffix(cmd.Name, "impact") {
		name, rest = "show", cmd.Text
	}
	v, known := verbs[strings.ToLower(name)]
	switch {
	case !chat.listensIn(cmd):
		return integrations.ChatAnswer{Text: "Commands are not taken in this channel."}
	case !known:
		return integrations.ChatAnswer{Text: commandHelp}
	case v.changes && !chat.mayChange(cmd):
		return integrations.ChatAnswer{Text: "You may not change incidents from here: ask for it in ticketlink's configuration (chat, users)."}
	}
	c := call{chat: chat, cmd: cmd, args: parseArgs(rest), by: cmd.User + " (" + chat.Title + ")"}
	said, err := w.callVerb(ctx, v, c)
	if err != nil {
		if e, ok := errors.AsType[huma.StatusError](w.failure(err)); ok && e.GetStatus() < http.StatusInternalServerError {
			return integrations.ChatAnswer{Text: "That did not work: " + err.Error() + "."}
		}
		return integrations.ChatAnswer{Text: "That did not work: the store did not answer. Please try again."}
	}
	return integrations.ChatAnswer{Text: said, Open: v.changes}
}

// callVerb finds the incident that is meant, and does it.
func (w *Worker) callVerb(ctx context.Context, v verb, c call) (string, error) {
	if len(c.args.words) > 0 && keyForm.MatchString(c.args.words[0]) {
		if i, err := w.incident(ctx, strings.ToUpper(c.args.words[0])); err == nil {
			c.key = i.Key
		} else if i, err := w.incident(ctx, c.args.words[0]); err == nil {
			c.key = i.Key
		}
	}
	if c.key != "" {
		c.args.words = c.args.words[1:]
		return v.do(w, ctx, c)
	}
	if id, err := w.incidentOfChannel(ctx, w.queries, c.chat.Name, c.cmd.ChannelID); err != nil {
		return "", err
	} else if id != 0 {
		i, err := w.queries.GetIncidentByID(ctx, id)
		if err != nil {
			return "", fmt.Errorf("read incident of channel: %w", err)
		}
		c.key = i.Key
	}
	return v.do(w, ctx, c)
}

func (w *Worker) sayDeclare(ctx context.Context, c call) (string, error) {
	d := c.args.declaration()
	if title := strings.Join(c.args.words, " "); title != "" {
		d.Title = &title
	}
	i, err := w.declare(ctx, c.by, d)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s declared %s: %s %s", c.by, i.Key, i.Title, w.incidentURL(i.Key)), nil
}

func (w *Worker) sayUpdate(ctx context.Context, c call) (string, error) {
	if c.key == "" {
		return "", errNoKey
	}
	i, err := w.update(ctx, c.by, c.key, Change{Declaration: c.args.declaration()})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s changed %s: %s, severity %s", c.by, i.Key, i.Title, orNone(i.Severity)), nil
}

func (w *Worker) sayResolve(ctx context.Context, c call) (string, error) {
	if c.key == "" {
		return "", errNoKey
	}
	i, err := w.resolve(ctx, c.by, c.key, nil, strings.Join(c.args.words, " "))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s resolved %s: %s", c.by, i.Key, i.Title), nil
}

func (w *Worker) sayReopen(ctx context.Context, c call) (string, error) {
	if c.key == "" {
		return "", errNoKey
	}
	i, err := w.reopen(ctx, c.by, c.key)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s reopened %s: %s", c.by, i.Key, i.Title), nil
}

func (w *Worker) sayLink(ctx context.Context, c call) (string, error) {
	if c.key == "" {
		return "", errNoKey
	}
	i, err := w.incident(ctx, c.key)
	if err != nil {
		return "", err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		return w.linkChannel(ctx, q, c.chat.Name, c.cmd.ChannelID, i.ID, c.by)
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s linked this channel to %s: %s", c.by, i.Key, i.Title), nil
}

// maxListed is how many incidents one answer names.
const maxListed = 20

func (w *Worker) sayList(ctx context.Context, _ call) (string, error) {
	open, err := w.queries.ListIncidents(ctx, schema.ListIncidentsParams{Status: "open", Batch: maxListed})
	if err != nil {
		return "", fmt.Errorf("list incidents: %w", err)
	}
	if len(open) == 0 {
		return "No incident is open.", nil
	}
	var b strings.Builder
	for _, i := range open {
		fmt.Fprintf(&b, "%s %s (severity %s, since %s)\n", i.Key, i.Title, orNone(i.Severity), i.StartedAt.UTC().Format(time.DateTime))
	}
	return b.String(), nil
}

func (w *Worker) sayShow(ctx context.Context, c call) (string, error) {
	if c.key == "" {
		return "", errNoKey
	}
	return w.impactText(ctx, c.key)
}

// impactText says in a few lines what an incident did to customers. It says
// nothing that changes without the figures: the same text is not posted twice.
func (w *Worker) impactText(ctx context.Context, key string) (string, error) {
	i, err := w.incident(ctx, key)
	if err != nil {
		return "", err
	}
	v, err := w.impactNow(ctx, key)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n%s, severity %s, since %s UTC", i.Key, i.Title, i.Status, orNone(i.Severity), i.StartedAt.UTC().Format("2006-01-02 15:04"))
	if i.ResolvedAt != nil {
		fmt.Fprintf(&b, ", resolved %s UTC", i.ResolvedAt.UTC().Format("2006-01-02 15:04"))
	}
	fmt.Fprintf(&b, "\n%d tickets by %d customers in %d organizations; %d unanswered, %d more suggested", v.Linked, v.Customers, v.Organizations, v.Unanswered, v.Tickets.Suggested)
	if address := w.incidentURL(i.Key); address != "" {
		b.WriteString("\n" + address)
	}
	return b.String(), nil
}

func orNone(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
