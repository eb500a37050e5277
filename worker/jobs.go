package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/worker/queue"
)

// jobs is the job surface: every kind of work there is, on one screen. Each
// finds in the tables what is due, and may run twice. No kind is a prefix of
// another.
func (w *Worker) jobs() map[string]queue.Kind {
	const short, long = time.Minute, 10 * time.Minute
	kinds := map[string]queue.Kind{
		"inbox":     {Pool: queue.Intake, Timeout: short, Do: w.drainInbox},      // webhooks -> tickets, incidents
		"problems":  {Pool: queue.Intake, Timeout: short, Do: w.readProblems},    // problem tickets -> incidents, links
		"match":     {Pool: queue.Intake, Timeout: short, Do: w.matchTickets},    // tickets -> incidents to score
		"rescore":   {Pool: queue.Intake, Timeout: short, Do: w.rescore},         // one incident -> its links
		"learn":     {Pool: queue.Intake, Timeout: short, Do: w.learn},           // decisions -> the matcher's model
		"measure":   {Pool: queue.Intake, Timeout: short, Do: w.measure},         // one incident -> its impact
		"surges":    {Pool: queue.Intake, Timeout: short, Do: w.findSurges},      // tickets -> rises without an incident
		"plan":      {Pool: queue.Intake, Timeout: short, Do: w.plan},            // one incident -> its follow-ups
		"due":       {Pool: queue.Intake, Timeout: short, Do: w.remind},          // follow-ups -> reminders
		"deliver":   {Pool: queue.Outbound, Timeout: long, Do: w.deliver},        // reminders -> targets
		"channels":  {Pool: queue.Outbound, Timeout: long, Do: w.postImpact},     // impact -> incidents' channels
		"names":     {Pool: queue.Outbound, Timeout: short, Do: w.namePeople},    // people in chats -> their names
		"notices":   {Pool: queue.Outbound, Timeout: long, Do: w.deliverNotices}, // announcements -> targets
		"answer":    {Pool: queue.Outbound, Timeout: long, Do: w.sendAnswers},    // confirmed answers -> customers
		"oncall":    {Pool: queue.Outbound, Timeout: short, Do: w.readOnCall},    // one calendar -> who is on call
		"writeback": {Pool: queue.Outbound, Timeout: long, Do: w.writeBack},      // links -> helpdesk
		"poll":      {Pool: queue.Outbound, Timeout: long, Do: w.poll},           // one helpdesk -> tickets
		"fetch":     {Pool: queue.Outbound, Timeout: short, Do: w.fetchTickets},  // thin events -> tickets
		"replies":   {Pool: queue.Outbound, Timeout: long, Do: w.fetchReplies},   // linked tickets -> replies
	}
	for name, kind := range kinds {
		kind.Do = w.traced(name, kind.Do)
		kinds[name] = kind
	}
	return kinds
}

// due asks the tables what is due and not done.
func (w *Worker) due(ctx context.Context) ([]queue.Task, error) {
	now := w.now()
	rows, err := w.queries.Due(ctx, &now)
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	tasks := make([]queue.Task, 0, len(rows))
	for _, r := range rows {
		tasks = append(tasks, queue.Task{Kind: r.Kind, ID: r.ID, Name: r.Name})
	}
	return tasks, nil
}

// sweep nudges whatever the tables say is due. It is why an emptied, restarted
// or unreachable Redis costs a delay and nothing else.
func (w *Worker) sweep(ctx context.Context) error {
	tasks, err := w.due(ctx)
	if err != nil {
		return err
	}
	return w.queue.Nudge(ctx, tasks...)
}

// RunDue does, one after the other in this goroutine, what is due now, until
// nothing is. Tests and the demo's fast clock use it; serve uses the queue.
// A job that fails is returned with its error once everything else is done.
func (w *Worker) RunDue(ctx context.Context) error {
	kinds := w.jobs()
	var first error
	for range 1000 {
		tasks, err := w.due(ctx)
		if err != nil {
			return err
		}
		if len(tasks) == 0 {
			return first
		}
		for _, t := range tasks {
			err := kinds[t.Kind].Do(ctx, t)
			w.finished(t, err)
			if err != nil && first == nil {
				first = err
			}
		}
	}
	return fmt.Errorf("work does not come to an end: %w", first)
}

// finished counts a task and logs its failure; the row has the time of the next try.
func (w *Worker) finished(t queue.Task, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
		w.Log.Warn("job failed", "kind", t.Kind, "id", t.ID, "name", t.Name, "error", err)
	}
	w.Metrics.jobs.WithLabelValues(t.Kind, outcome).Inc()
}

// StartHere makes the worker ready for RunDue without a queue: webhooks are
// stored until ctx ends.
func (w *Worker) StartHere(ctx context.Context) error {
	if err := w.ensureRows(ctx, w.queries); err != nil {
		return err
	}
	go w.inbox.run(ctx)
	return nil
}
