package integrations

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// OwnID asks a system who we are there: an answer with an id. One without means
// that the credentials are nobody's, Unauthorized.
func OwnID(ctx context.Context, do func(context.Context, Call) error, source, path string) (string, error) {
	const op = "look up who we are"
	var me struct {
		ID Text `json:"id"`
	}
	if err := do(ctx, Call{Op: op, Endpoint: "me", Path: path, Out: &me}); err != nil {
		return "", err
	}
	if me.ID.ID() == "" {
		return "", &Error{Op: source + ": " + op, Kind: Unauthorized, Detail: "the credentials name nobody"}
	}
	return me.ID.ID(), nil
}

// ClockSkew is how far a helpdesk's clock may be from ours.
const ClockSkew = 2 * time.Minute

// Wrote recognizes a reply of ours whose outcome is unknown: a text with its
// words, to which a signature may have been added, written since then or so
// little before that clocks may differ by it.
func Wrote(body string, since time.Time) func(text string, at time.Time) bool {
	since, words := since.Add(-ClockSkew), Squeeze(body)
	return func(text string, at time.Time) bool {
		return !at.Before(since) && strings.Contains(Squeeze(text), words)
	}
}

// CheckTicketID refuses what is no id: it never gets into a path.
func CheckTicketID(source, id string) error {
	if id == "" || Text(id).ID() != id {
		return fmt.Errorf("%s: %q is no ticket id: expected letters and digits", source, CleanText(id, 64))
	}
	return nil
}
