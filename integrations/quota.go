package integrations

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A Quota is what an account's answers say about its rate limit. It may be used
// by several goroutines.
type Quota struct {
	mu               sync.Mutex
	limit, remaining string
}

// Note reads the headers with these names. Absent ones leave what is known.
func (q *Quota) Note(h http.Header, limit, remaining string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for name, into := range map[string]*string{limit: &q.limit, remaining: &q.remaining} {
		if value := strings.TrimSpace(h.Get(name)); value != "" {
			if _, err := strconv.Atoi(value); err == nil {
				*into = value
			}
		}
	}
}

// Words are "17 of 200 requests are left", as far as it is known.
func (q *Quota) Words() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.remaining == "":
		return "no rate limit is told"
	case q.limit == "":
		return q.remaining + " requests are left"
	}
	return fmt.Sprintf("%s of %s requests are left", q.remaining, q.limit)
}
