package integrations

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Limits on what one update may bring, in bytes.
const (
	MaxSourceKey = 500
	MaxSummary   = 8 * 1024
	MaxURL       = 2_000
)

// An IncidentUpdate is what an incident source said about one incident of its
// own. The worker turns it into an incident of ours or a change to one.
type IncidentUpdate struct {
	// SourceKey names the incident in its source, e.g. Alertmanager's groupKey;
	// "" for news that is about no incident, which changes nothing.
	SourceKey string
	// Event is the source's own word for what happened. Unknown ones are kept.
	Event string
	// At is when the source said it: an older word never undoes a newer one. Zero
	// where the delivery does not tell; then the time at which it came counts.
	At       time.Time
	Title    string
	Summary  string
	Message  string // what the source told its readers with this step
	Severity string // lower case, "" for unknown; see WorseSeverity
	Services []string
	Tags     []string
	Regions  []string
	URL      string
	Links    []string // other addresses of the same incident
	// Alerts are the source's own parts of the incident. An alert that belongs
	// to an open incident already keeps the update there, whatever its SourceKey.
	// Sources without parts leave it empty.
	Alerts    []Alert
	StartedAt time.Time // zero: At
	// DetectedAt is when people or monitoring noticed, where the source tells it
	// apart from StartedAt; zero: StartedAt.
	DetectedAt time.Time
	// Detail marks an update that adds to what is known and says nothing of
	// whether the incident goes on: it opens, resolves and reopens none.
	Detail     bool
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

// AddField files what a source's custom field, label or detail says under
// services, regions or tags, by the field's name as people usually call it.
// Other names are ignored.
func (u *IncidentUpdate) AddField(name string, values ...string) {
	switch strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name))) {
	case "service", "services", "service_name", "affected_service", "affected_services", "app", "application", "component", "components":
		u.Services = append(u.Services, values...)
	case "region", "regions", "affected_region", "affected_regions", "cluster", "zone":
		u.Regions = append(u.Regions, values...)
	case "tag", "tags", "product", "products", "affected_product", "affected_products", "feature", "features":
		u.Tags = append(u.Tags, values...)
	}
}

// Clean returns the update in the form that every decoder promises: text fit to
// store, within the limits, lists folded, web addresses only, times in UTC and
// whole microseconds (the finest that the database tells apart), ResolvedAt only
// where Resolved and never before StartedAt.
func (u IncidentUpdate) Clean() IncidentUpdate {
	u.SourceKey = cleanKey(u.SourceKey)
	u.Event = CleanText(u.Event, MaxTag)
	u.Title = strings.TrimSpace(CleanText(u.Title, MaxSubject))
	u.Summary, u.Message = CleanText(u.Summary, MaxSummary), CleanText(u.Message, MaxSummary)
	u.Severity = strings.ToLower(strings.TrimSpace(CleanText(u.Severity, MaxTag)))
	u.Services, u.Tags, u.Regions = FoldTags(u.Services), FoldTags(u.Tags), FoldTags(u.Regions)
	u.URL = WebURL(u.URL)
	var links []string
	for _, link := range u.Links[:min(len(u.Links), MaxTags)] {
		if link = WebURL(link); link != "" {
			links = append(links, link)
		}
	}
	u.Links = links
	u.At, u.StartedAt, u.DetectedAt, u.ResolvedAt = cleanTime(u.At), cleanTime(u.StartedAt), cleanTime(u.DetectedAt), cleanTime(u.ResolvedAt)
	switch {
	case !u.Resolved:
		u.ResolvedAt = time.Time{}
	case u.ResolvedAt.IsZero():
		u.ResolvedAt = u.At
	}
	if u.Resolved && !u.ResolvedAt.IsZero() && u.ResolvedAt.Before(u.StartedAt) {
		u.ResolvedAt = u.StartedAt
	}
	return u
}

// cleanKey keeps long keys apart although they are cut.
func cleanKey(key string) string {
	clean := CleanText(key, len(key))
	if len(clean) <= MaxSourceKey {
		return clean
	}
	return fmt.Sprintf("%s#%x", CleanText(clean, MaxSourceKey-33), sha256.Sum256([]byte(key)))[:MaxSourceKey]
}

// cleanTime takes what lies before 1970 for unknown: senders write year 1 for none.
func cleanTime(t time.Time) time.Time {
	if t.Year() < 1970 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// WebURL returns an address that a page may link to, "" for any other text:
// whoever sends an alert decides what it says.
func WebURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > MaxURL {
		return ""
	}
	return CleanText(s, MaxURL)
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
