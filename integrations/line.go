package integrations

import (
	"net/http"
	"time"
)

// A Line is how another system is called. Each client's configuration has one.
type Line struct {
	// Observe learns of every request: a constant name of the endpoint and the
	// HTTP status, 0 where there was no answer.
	Observe   func(endpoint string, code int)
	Transport http.RoundTripper // default: a copy of http.DefaultTransport
	Clock     func() time.Time  // default: time.Now
}

// Now is the clock's time.
func (l Line) Now() time.Time {
	if l.Clock == nil {
		return time.Now()
	}
	return l.Clock()
}
