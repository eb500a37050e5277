package integrations

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How long to wait where a 429 names no time, and the longest wait we believe.
const (
	defaultRetryAfter = time.Minute
	maxRetryAfter     = 15 * time.Minute
)

// statusKinds says what a caller can do about an answer. Statuses that are not
// here go by their class.
var statusKinds = map[int]Kind{
	http.StatusUnauthorized:    Unauthorized,
	http.StatusPaymentRequired: Unauthorized,
	http.StatusForbidden:       Unauthorized,
	http.StatusNotFound:        NotFound,
	http.StatusGone:            NotFound,
	http.StatusRequestTimeout:  Temporary,
	http.StatusConflict:        Temporary,
	http.StatusTooEarly:        Temporary,
	http.StatusTooManyRequests: RateLimited,
	http.StatusNotImplemented:  Refused,
}

// KindOfStatus returns the kind of an answer with an HTTP status that is no
// success: refused for other 3xx and 4xx, temporary for 5xx.
func KindOfStatus(status int) Kind {
	if kind, ok := statusKinds[status]; ok {
		return kind
	}
	if status < 500 {
		return Refused
	}
	return Temporary
}

// retryAfter reads how long an answer asks us to wait: seconds or a date
// (RFC 9110, 10.2.3). A 429 without a usable one means a minute, other answers 0.
func retryAfter(status int, h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	wait := time.Duration(-1)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = max(0, at.Sub(now))
	}
	if wait >= 0 {
		return min(wait, maxRetryAfter)
	}
	if status == http.StatusTooManyRequests {
		return defaultRetryAfter
	}
	return 0
}
