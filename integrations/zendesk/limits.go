package zendesk

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits are the account's rate limits as the latest answers told them, zero
// where none did.
type Limits struct {
	Limit, Remaining             int       // requests a minute, of the whole account
	Reset                        time.Time // when Remaining is full again
	ExportLimit, ExportRemaining int       // incremental exports a minute, shared by all clients
	ExportReset                  time.Time
}

// Limits returns what is known about the account's rate limits.
func (c *Client) Limits() Limits {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.limits
}

// RateLeft returns how many requests a minute the account has and how many of
// them are left, as last told; a limit of 0 is unknown.
func (c *Client) RateLeft() (limit, left int) {
	l := c.Limits()
	return l.Limit, l.Remaining
}

// noteLimits reads an answer's header. The names of the account-wide limit
// changed over the years: X-Rate-Limit always, Rate-Limit in 2023, Ratelimit since.
func (c *Client) noteLimits(h http.Header) {
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := firstNumber(h, "X-Rate-Limit", "Ratelimit-Limit", "Rate-Limit"); ok {
		c.limits.Limit = n
	}
	if n, ok := firstNumber(h, "X-Rate-Limit-Remaining", "Ratelimit-Remaining", "Rate-Limit-Remaining"); ok {
		c.limits.Remaining = n
	}
	if n, ok := firstNumber(h, "Ratelimit-Reset", "Rate-Limit-Reset"); ok {
		c.limits.Reset = now.Add(time.Duration(n) * time.Second)
	}
	if export := endpointLimit(h.Get("Zendesk-Ratelimit-Incremental-Exports")); export != nil {
		c.limits.ExportLimit, c.limits.ExportRemaining = export["total"], export["remaining"]
		c.limits.ExportReset = now.Add(time.Duration(export["resets"]) * time.Second)
	}
}

func firstNumber(h http.Header, names ...string) (int, bool) {
	for _, name := range names {
		if n, err := strconv.Atoi(strings.TrimSpace(h.Get(name))); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// endpointLimit reads "total=10; remaining=9; resets=60", nil for anything else.
func endpointLimit(value string) map[string]int {
	numbers := map[string]int{}
	for part := range strings.SplitSeq(value, ";") {
		key, digits, _ := strings.Cut(strings.TrimSpace(part), "=")
		if n, err := strconv.Atoi(digits); err == nil && n >= 0 {
			numbers[key] = n
		}
	}
	if _, ok := numbers["total"]; !ok {
		return nil
	}
	return numbers
}
