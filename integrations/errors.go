package integrations

import (
	"errors"
	"fmt"
	"time"
)

// What a receiver finds wrong with a delivery. The HTTP surface turns them
// into status codes in one table.
var (
	ErrBadSignature   = errors.New("the signature does not match: check the configured webhook_secret")
	ErrStaleTimestamp = errors.New("the signed timestamp is too old or too far ahead: check both clocks")
	ErrBadFormat      = errors.New("not in the sender's documented format")
)

// Kind says what a caller can do about a failed call to another system.
type Kind string

const (
	// Temporary failures are worth another try: network, 5xx, 409.
	Temporary Kind = "temporary"
	// RateLimited calls are tried again after Error.RetryAfter.
	RateLimited Kind = "rate_limited"
	// Unauthorized means that the credentials or the plan do not allow it.
	Unauthorized Kind = "unauthorized"
	// NotFound means that the object is gone.
	NotFound Kind = "not_found"
	// Refused calls will be refused again: 400, 422, a closed ticket.
	Refused Kind = "refused"
	// CursorLost means that the export's cursor is not accepted any more; start
	// again from a time.
	CursorLost Kind = "cursor_lost"
)

// An Error is a failed call to another system. It never holds a secret, a
// body or an address with credentials.
type Error struct {
	Op         string // what we were doing, e.g. "zendesk: export tickets"
	Kind       Kind
	Status     int           // HTTP status, 0 where there was no answer
	RetryAfter time.Duration // for RateLimited and Temporary; 0 where unknown
	Detail     string        // the vendor's error code, e.g. "RecordInvalid"
	Err        error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s", e.Op, e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the Error inside err, and Temporary for errors
// of any other sort: what we do not understand is worth another try.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Temporary
}

// RetryAfter returns how long the other system asked us to wait, 0 if it did not.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
