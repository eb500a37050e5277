package zendesk

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Zendesk's answers are read leniently: a null, an absent key or a value of
// another type than documented is an empty value, never a failed page.

const (
	maxID   = 64 // bytes
	maxName = 500
)

// An ident is an id: a number of any size in the API, a string in webhooks.
// Null, "" and 0 mean none.
type ident string

func (i *ident) UnmarshalJSON(raw []byte) error {
	var t text
	_ = t.UnmarshalJSON(raw) // never fails
	*i = ident(normalID(string(t)))
	return nil
}

// normalID brings an id to its decimal form: 0042 and 4.2e1 are "42".
func normalID(s string) string {
	s = strings.TrimSpace(integrations.CleanText(s, maxID))
	if digits(s) {
		return strings.TrimLeft(s, "0")
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		if f == 0 {
			return ""
		}
		return strconv.FormatInt(int64(f), 10)
	}
	return s
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// A text is a string; numbers and booleans are taken as they are spelled.
type text = integrations.Text

// Tags are a list, or one text with spaces between them. Null and an absent
// key stay nil: nothing was told.
type tags []string

func (t *tags) UnmarshalJSON(raw []byte) error {
	*t = nil
	var list []text
	if len(raw) > 0 && raw[0] == '[' {
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
	} else {
		var one text
		if err := one.UnmarshalJSON(raw); err != nil || bytes.Equal(raw, []byte("null")) {
			return err
		}
		for _, word := range strings.Fields(string(one)) {
			list = append(list, text(word))
		}
	}
	*t = make(tags, 0, len(list))
	for _, tag := range list {
		*t = append(*t, string(tag))
	}
	return nil
}

// fold returns the tags in our form, nil where nothing was told.
func (t tags) fold() []string {
	if t == nil {
		return nil
	}
	return integrations.FoldTags(t)
}

// A moment is a point in time: RFC 3339 with any offset, or Unix seconds.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(raw []byte) error {
	var t text
	_ = t.UnmarshalJSON(raw) // never fails: the raw value has been read once
	m.Time = parseTime(strings.TrimSpace(string(t)))
	return nil
}

// timeForms are what the API, webhooks and triggers write. The second has no
// seconds: created_at_with_timestamp in the placeholder reference.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 Z0700"}

func parseTime(s string) time.Time {
	for _, form := range timeForms {
		if t, err := time.Parse(form, s); err == nil {
			return bound(t)
		}
	}
	if seconds, err := strconv.ParseFloat(s, 64); err == nil && seconds > 0 && seconds < 1e12 {
		return bound(time.Unix(int64(seconds), 0))
	}
	return time.Time{}
}

// bound keeps a time within the years that JSON can write.
func bound(t time.Time) time.Time {
	t = t.UTC()
	switch {
	case t.Year() > 9999:
		return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	case t.Year() < 1:
		return time.Time{}
	}
	return t
}

// A loose value is empty where its JSON has another form than expected.
type loose[T any] = integrations.Loose[T]

// fields is an object of custom values by key. Unset ones are dropped.
func fields(in map[string]json.RawMessage) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(in))
	for key, value := range in {
		if !bytes.Equal(value, []byte("null")) {
			out[integrations.CleanText(key, maxName)] = integrations.CleanJSON(value)
		}
	}
	return out
}
