package alertmanager

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// maxAlerts is what one delivery may bring.
const maxAlerts = 5_000

// Decode reads a delivery's body. The update is resolved when the group is, every
// alert in it is, and no alert was left out (truncatedAlerts); then ResolvedAt is
// the last alert's end. StartedAt is the first alert's start. Severity is the
// worst of the alerts', in lower case. Times are UTC and whole microseconds, the
// finest that the database tells apart. The error is integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	w, err := parse(body)
	if err != nil {
		return integrations.IncidentUpdate{}, err
	}
	u := integrations.IncidentUpdate{
		SourceKey: w.GroupKey,
		Event:     w.Status,
		Title:     w.title(),
		Summary:   w.summary(),
		Severity:  worst(w.Alerts),
		Services:  collect(w.Alerts, serviceLabels),
		Tags:      collect(w.Alerts, tagLabels),
		Regions:   collect(w.Alerts, regionLabels),
		URL:       w.url(),
		Alerts:    w.alerts(),
		Resolved:  w.resolved(),
	}
	u.StartedAt, u.ResolvedAt = span(u.Alerts)
	return u.Clean(), nil
}

func (w webhook) resolved() bool {
	return w.Status == "resolved" && w.TruncatedAlerts == 0 && !slices.ContainsFunc(w.Alerts, func(a alert) bool { return !a.resolved() })
}

// title prefers what people wrote about the whole group to what they wrote about
// its first alert.
func (w webhook) title() string {
	first := w.Alerts[0]
	return cmp.Or(w.CommonAnnotations["summary"], w.CommonAnnotations["title"], w.CommonLabels["alertname"],
		first.Annotations["summary"], first.Annotations["title"], first.Labels["alertname"])
}

func (w webhook) summary() string {
	first := w.Alerts[0]
	return cmp.Or(w.CommonAnnotations["description"], w.CommonAnnotations["message"],
		first.Annotations["description"], first.Annotations["message"])
}

// url is where the first alert that fires can be looked at, else Alertmanager
// itself. Whoever sends alerts decides it, so only web addresses are taken.
func (w webhook) url() string {
	firing := max(slices.IndexFunc(w.Alerts, func(a alert) bool { return !a.resolved() }), 0)
	for _, candidate := range []string{w.Alerts[firing].GeneratorURL, w.ExternalURL} {
		if integrations.WebURL(candidate) != "" {
			return candidate
		}
	}
	return ""
}

// alerts are sorted by fingerprint and start, without repeats, so that a limit
// takes the same ones from every delivery of a group.
func (w webhook) alerts() []integrations.Alert {
	list := make([]integrations.Alert, 0, len(w.Alerts))
	for _, a := range w.Alerts {
		list = append(list, a.normal())
	}
	slices.SortFunc(list, func(a, b integrations.Alert) int {
		return cmp.Or(strings.Compare(a.Fingerprint, b.Fingerprint), a.StartsAt.Compare(b.StartsAt), a.EndsAt.Compare(b.EndsAt))
	})
	list = slices.CompactFunc(list, func(a, b integrations.Alert) bool {
		return a.Fingerprint == b.Fingerprint && a.StartsAt.Equal(b.StartsAt)
	})
	return list[:min(len(list), maxAlerts)]
}

// normal gives every resolved alert an end, and no other one: a zero EndsAt means firing.
func (a alert) normal() integrations.Alert {
	n := integrations.Alert{
		Fingerprint: integrations.CleanText(cmp.Or(a.Fingerprint, a.Labels.fingerprint()), integrations.MaxTag),
		Name:        integrations.CleanText(a.Labels["alertname"], integrations.MaxSubject),
		StartsAt:    a.StartsAt.UTC().Truncate(time.Microsecond),
	}
	if a.resolved() {
		n.EndsAt = latest(n.StartsAt, a.EndsAt.UTC().Truncate(time.Microsecond))
	}
	return n
}

// span returns the first start and the last end.
func span(alerts []integrations.Alert) (start, end time.Time) {
	start = alerts[0].StartsAt
	for _, a := range alerts {
		if a.StartsAt.Before(start) {
			start = a.StartsAt
		}
		end = latest(end, a.EndsAt)
	}
	return start, end
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
