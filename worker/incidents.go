package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// A Declaration is what people or sources say of an incident. Nil fields of a
// change leave things as they are.
type Declaration struct {
	Key           *string    `json:"key,omitempty" maxLength:"64" doc:"A name people can say. Default: INC-1, INC-2, …" example:"INC-42"`
	Title         *string    `json:"title,omitempty" maxLength:"500" doc:"One line in customers' words" example:"Payments fail at checkout"`
	Summary       *string    `json:"summary,omitempty" maxLength:"10000"`
	Severity      *string    `json:"severity,omitempty" maxLength:"64" example:"sev1"`
	Services      []string   `json:"services,omitempty" maxItems:"100" example:"[\"payments\"]"`
	Tags          []string   `json:"tags,omitempty" maxItems:"100" doc:"Tags that affected tickets probably carry"`
	Keywords      []string   `json:"keywords,omitempty" maxItems:"100" doc:"Words that customers probably use"`
	Regions       []string   `json:"regions,omitempty" maxItems:"100"`
	Organizations []string   `json:"organizations,omitempty" maxItems:"10000" doc:"Helpdesk ids of organizations known to be affected"`
	StartedAt     *time.Time `json:"started_at,omitempty" doc:"When it began to hurt. Default: the earlier of detected_at and declared_at"`
	DetectedAt    *time.Time `json:"detected_at,omitempty" doc:"When monitoring or a person noticed"`
	DeclaredAt    *time.Time `json:"declared_at,omitempty" doc:"Default: now"`
	ExternalURL   *string    `json:"external_url,omitempty" maxLength:"2000"`
}

// What an incident refuses. The API turns these into status codes.
var (
	errNoIncident = errors.New("no incident has that key")
	errKeyTaken   = errors.New("an incident with that key exists already; choose another key or update that one")
	errBadKey     = errors.New("key: expected letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 64")
	errNoTitle    = errors.New("title: expected some words that name the incident")
	errTimes      = errors.New("times: expected started_at <= resolved_at, and none more than a day ahead")
	errIsOpen     = errors.New("the incident is open already")
	errNotEnded   = errors.New("resolved_at: the incident is open; resolve it instead")
	errIsResolved = errors.New("the incident is resolved already; reopen it first")
)

var keyForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// declare opens an incident. The same transaction says that its tickets are to
// be looked for, among those that came before it as well.
func (w *Worker) declare(ctx context.Context, actor string, d Declaration) (schema.Incident, error) {
	var i schema.Incident
	err := w.inTx(ctx, func(q *schema.Queries) (err error) {
		i, err = w.declareIn(ctx, q, actor, "", d)
		return err
	})
	w.nudge(ctx, queue.Task{Kind: "rescore", ID: i.ID})
	return i, err
}

func (w *Worker) declareIn(ctx context.Context, q *schema.Queries, actor, source string, d Declaration) (schema.Incident, error) {
	now := w.now()
	i := schema.Incident{Source: source, DeclaredAt: now, Status: "open"}
	d.applyTo(&i)
	if d.StartedAt == nil {
		i.StartedAt = i.DeclaredAt
		if i.DetectedAt != nil {
			i.StartedAt = earliest(*i.DetectedAt, i.DeclaredAt)
		}
	}
	if err := checkIncident(i, now); err != nil {
		return i, err
	}
	inserted, err := w.insertIncident(ctx, q, i, now)
	if err != nil {
		return i, err
	}
	err = q.PutPhase(ctx, schema.PutPhaseParams{Incident: inserted.ID, StartedAt: inserted.StartedAt})
	if err != nil {
		return i, fmt.Errorf("begin %s: %w", inserted.Key, err)
	}
	return inserted, w.audit(ctx, q, actor, "declared", &inserted.ID, nil, map[string]any{"severity": i.Severity})
}

// insertIncident stores a new incident. One without a key gets the next free
// number; people may have taken some by hand.
func (w *Worker) insertIncident(ctx context.Context, q *schema.Queries, i schema.Incident, now time.Time) (schema.Incident, error) {
	arg := schema.InsertIncidentParams{
		Key: i.Key, Title: i.Title, Summary: i.Summary, Severity: i.Severity, Services: list(i.Services), Tags: list(i.Tags),
		Keywords: list(i.Keywords), Regions: list(i.Regions), Organizations: list(i.Organizations), StartedAt: i.StartedAt,
		DetectedAt: i.DetectedAt, DeclaredAt: i.DeclaredAt, ExternalUrl: i.ExternalUrl, Source: i.Source, Now: now,
	}
	for {
		if i.Key == "" {
			n, err := q.NextIncidentNumber(ctx)
			if err != nil {
				return i, fmt.Errorf("number incident: %w", err)
			}
			arg.Key = fmt.Sprintf("INC-%d", n)
		}
		inserted, err := q.InsertIncident(ctx, arg)
		switch {
		case err == nil:
			return inserted, nil
		case !errors.Is(err, pgx.ErrNoRows):
			return i, fmt.Errorf("store incident %s: %w", arg.Key, err)
		case i.Key != "":
			return i, errKeyTaken
		}
	}
}

// resolve ends the incident's current phase, at the given time or now. Without a
// message, the one that somebody prepared stands.
func (w *Worker) resolve(ctx context.Context, actor, key string, at *time.Time, message string) (schema.Incident, error) {
	return w.change(ctx, actor, key, "resolved", func(q *schema.Queries, i *schema.Incident) error {
		return w.resolveIn(ctx, q, i, at, message)
	})
}

func (w *Worker) resolveIn(ctx context.Context, q *schema.Queries, i *schema.Incident, at *time.Time, message string) error {
	if i.Status == "resolved" {
		return errIsResolved
	}
	end := w.now()
	if at != nil {
		end = at.UTC()
	}
	i.Status, i.ResolvedAt, i.Message = "resolved", &end, cmp.Or(message, i.Message)
	phases, err := q.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return fmt.Errorf("read phases of %s: %w", i.Key, err)
	}
	last := phases[len(phases)-1]
	if end.Before(last.StartedAt) {
		return errTimes
	}
	return q.PutPhase(ctx, schema.PutPhaseParams{Incident: i.ID, StartedAt: last.StartedAt, EndedAt: &end})
}

// reopen begins another phase. What lies between the phases is kept as quiet.
func (w *Worker) reopen(ctx context.Context, actor, key string) (schema.Incident, error) {
	return w.change(ctx, actor, key, "reopened", func(q *schema.Queries, i *schema.Incident) error {
		return w.reopenIn(ctx, q, i, w.now())
	})
}

func (w *Worker) reopenIn(ctx context.Context, q *schema.Queries, i *schema.Incident, at time.Time) error {
	if i.Status == "open" {
		return errIsOpen
	}
	if i.MergedInto != nil {
		return errMerged
	}
	begin := latest(at, *i.ResolvedAt)
	i.Status, i.ResolvedAt, i.Message = "open", nil, ""
	return q.PutPhase(ctx, schema.PutPhaseParams{Incident: i.ID, StartedAt: begin})
}

// change runs f on a locked incident and stores what it made of it.
func (w *Worker) change(ctx context.Context, actor, key, action string,
	f func(q *schema.Queries, i *schema.Incident) error) (i schema.Incident, err error) {
	err = w.inTx(ctx, func(q *schema.Queries) error {
		i, err = q.LockIncident(ctx, key)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoIncident
		}
		if err != nil {
			return fmt.Errorf("lock %s: %w", key, err)
		}
		i, err = w.changeLocked(ctx, q, actor, action, i, f)
		return err
	})
	w.nudge(ctx, queue.Task{Kind: "rescore", ID: i.ID})
	return i, err
}

func (w *Worker) changeLocked(ctx context.Context, q *schema.Queries, actor, action string, i schema.Incident,
	f func(q *schema.Queries, i *schema.Incident) error) (schema.Incident, error) {
	before := i
	if err := f(q, &i); err != nil {
		return i, err
	}
	now := w.now()
	if err := checkIncident(i, now); err != nil {
		return i, err
	}
	changed, err := q.UpdateIncident(ctx, schema.UpdateIncidentParams{
		ID: i.ID, Title: i.Title, Summary: i.Summary, Severity: i.Severity, Services: list(i.Services), Tags: list(i.Tags),
		Keywords: list(i.Keywords), Regions: list(i.Regions), Organizations: list(i.Organizations), StartedAt: i.StartedAt,
		DetectedAt: i.DetectedAt, DeclaredAt: i.DeclaredAt, ExternalUrl: i.ExternalUrl, Status: i.Status,
		ResolvedAt: i.ResolvedAt, Message: i.Message, Now: now,
	})
	if err != nil {
		return i, fmt.Errorf("store %s: %w", i.Key, err)
	}
	return changed, w.audit(ctx, q, actor, action, &i.ID, nil, changes(before, changed))
}

// applyTo sets what d tells, cleaned.
func (d Declaration) applyTo(i *schema.Incident) {
	set := func(to *string, from *string, limit int) {
		if from != nil {
			*to = strings.TrimSpace(integrations.CleanText(*from, limit))
		}
	}
	set(&i.Key, d.Key, 64)
	set(&i.Title, d.Title, 500)
	set(&i.Summary, d.Summary, 10_000)
	set(&i.Severity, d.Severity, 64)
	set(&i.ExternalUrl, d.ExternalURL, 2_000)
	for _, l := range []struct{ to, from *[]string }{
		{&i.Services, &d.Services}, {&i.Tags, &d.Tags}, {&i.Keywords, &d.Keywords},
		{&i.Regions, &d.Regions}, {&i.Organizations, &d.Organizations},
	} {
		if *l.from != nil {
			*l.to = integrations.FoldTags(*l.from)
		}
	}
	if d.StartedAt != nil {
		i.StartedAt = d.StartedAt.UTC()
	}
	if d.DeclaredAt != nil {
		i.DeclaredAt = d.DeclaredAt.UTC()
	}
	if d.DetectedAt != nil {
		i.DetectedAt = nil // a zero time: nobody detected it
		if detected := d.DetectedAt.UTC(); !detected.IsZero() {
			i.DetectedAt = &detected
		}
	}
}

// checkIncident says what is wrong with an incident.
func checkIncident(i schema.Incident, now time.Time) error {
	if i.Key != "" && !keyForm.MatchString(i.Key) {
		return errBadKey
	}
	if i.Title == "" {
		return errNoTitle
	}
	ahead := now.Add(24 * time.Hour)
	if i.StartedAt.After(ahead) || i.DeclaredAt.After(ahead) || i.DetectedAt != nil && i.DetectedAt.After(ahead) ||
		i.ResolvedAt != nil && (i.ResolvedAt.Before(i.StartedAt) || i.ResolvedAt.After(ahead)) {
		return errTimes
	}
	return nil
}

// changes lists what a change changed, for the audit log.
func changes(before, after schema.Incident) map[string]any {
	detail := map[string]any{}
	note := func(name, a, b string) {
		if a != b {
			detail[name] = map[string]string{"from": a, "to": b}
		}
	}
	note("title", before.Title, after.Title)
	note("severity", before.Severity, after.Severity)
	note("services", strings.Join(before.Services, " "), strings.Join(after.Services, " "))
	note("tags", strings.Join(before.Tags, " "), strings.Join(after.Tags, " "))
	note("started_at", before.StartedAt.Format(time.RFC3339), after.StartedAt.Format(time.RFC3339))
	if after.ResolvedAt != nil {
		detail["resolved_at"], detail["message"] = after.ResolvedAt.Format(time.RFC3339), after.Message
	}
	return detail
}

// audit writes down who decided what. Actor "ticketlink" is the machine.
func (w *Worker) audit(ctx context.Context, q *schema.Queries, actor, action string, incident, ticket *int64, detail map[string]any) error {
	body, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("write audit of %s: %w", action, err)
	}
	if detail == nil {
		body = []byte("{}")
	}
	err = q.InsertAudit(ctx, schema.InsertAuditParams{At: w.now(), Actor: actor, Action: action, Incident: incident, Ticket: ticket, Detail: body})
	if err != nil {
		return fmt.Errorf("write audit of %s: %w", action, err)
	}
	return nil
}

// list is l, never nil: neither columns nor answers hold nulls for lists.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
