package integrations

import "time"

// An IncidentUpdate is what an incident source said about one incident of its
// own. The worker turns it into an incident of ours or a change to one.
type IncidentUpdate struct {
	// SourceKey names the incident in its source, e.g. Alertmanager's groupKey.
	SourceKey string
	Title     string
	Summary   string
	Severity  string
	Services  []string
	Tags      []string
	Regions   []string
	URL       string
	// Alerts are the source's own parts of the incident. An alert that belongs
	// to an open incident already keeps the update there, whatever its SourceKey.
	Alerts     []Alert
	StartedAt  time.Time
	Resolved   bool
	ResolvedAt time.Time
}

// An Alert is one firing of one rule.
type Alert struct {
	Fingerprint string
	Name        string
	StartsAt    time.Time
	EndsAt      time.Time // zero while it fires
}

// A Message is a notification to people: one subject line, a plain text body,
// an address to go to, and a key that stays the same when it is sent again.
type Message struct {
	Key     string
	Subject string
	Text    string
	URL     string
	// Fields are machine-readable facts for targets that take JSON.
	Fields map[string]string
}
