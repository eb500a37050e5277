package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Buttons reads what a target's buttons send, once it has proven that the
// target sent it.
type Buttons func(header http.Header, body []byte, now time.Time) (Press, error)

// A Press is one button that somebody pressed in a chat.
type Press struct {
	Action   string // done, snooze, not_affected
	FollowUp string // its id
	By       string // as the audit log names them
	// Answer tells the chat what became of it.
	Answer func(ctx context.Context, text string) error
}

// Slack gives up after three seconds (https://docs.slack.dev/interactivity/handling-user-interaction).
const (
	pressTimeout = 2500 * time.Millisecond
	pressSnooze  = 2 * time.Hour
	maxPress     = 256 << 10 // bytes
)

// pressed does what a button of a reminder says, in the name of who pressed it.
func (w *Worker) pressed(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pressTimeout)
	defer cancel()
	buttons, ok := w.Reminding.Buttons[r.PathValue("name")]
	if !ok {
		problem(rw, http.StatusNotFound, "no notification target of that name has a signing_secret")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxPress))
	if err != nil {
		problem(rw, receiveStatus(err), "the body could not be read")
		return
	}
	p, err := buttons(r.Header, body, w.now())
	if err != nil {
		problem(rw, receiveStatus(err), err.Error())
		return
	}
	said, err := w.press(ctx, p)
	if err != nil {
		w.Log.Warn("button without effect", "target", r.PathValue("name"), "action", p.Action, "follow_up", p.FollowUp, "error", err)
		problem(rw, http.StatusServiceUnavailable, "the store did not answer; press it again")
		return
	}
	if err := p.Answer(ctx, said); err != nil { // what was decided stays
		w.Log.Warn("answer to a button failed", "target", r.PathValue("name"), "follow_up", p.FollowUp, "error", err)
	}
	rw.WriteHeader(http.StatusOK)
}

// press does it, and says what became of it.
func (w *Worker) press(ctx context.Context, p Press) (string, error) {
	id, err := strconv.ParseInt(p.FollowUp, 10, 64)
	if err != nil || !slices.Contains([]string{"done", "snooze", "not_affected"}, p.Action) {
		return "This button is not known here.", nil
	}
	said := ""
	switch p.Action {
	case "not_affected":
		said, err = w.notAffected(ctx, id, p.By)
	case "snooze":
		until := w.now().Add(pressSnooze)
		_, err = w.decideFollowUp(ctx, id, "snooze", p.By, "", until)
		said = "Put off until " + until.Format("15:04 UTC") + " by " + p.By + "."
	default:
		_, err = w.decideFollowUp(ctx, id, "done", p.By, "", time.Time{})
		said = "Marked as done by " + p.By + "."
	}
	if errors.Is(err, errNoFollowUp) || errors.Is(err, errFollowUpEnded) || errors.Is(err, errMerged) {
		return "Nothing to do: " + err.Error() + ".", nil
	}
	return said, err
}

// notAffected takes the customer's tickets off the incident, which ends the
// follow-up.
func (w *Worker) notAffected(ctx context.Context, id int64, by string) (string, error) {
	row, err := w.followUp(ctx, w.queries, id)
	if err != nil {
		return "", err
	}
	f := row.FollowUp
	for _, ticket := range f.TicketIds {
		if _, err := w.decide(ctx, row.IncidentKey, f.Helpdesk, ticket, "rejected", by); err != nil {
			return "", fmt.Errorf("reject the link of ticket %s/%s: %w", f.Helpdesk, ticket, err)
		}
	}
	return fmt.Sprintf("Taken off %s by %s: not affected.", row.IncidentKey, by), nil
}
