// Package incidentio reads the webhooks of incident.io.
//
// In incident.io: Settings, Webhooks, Add endpoint. The URL is
// {public_url}/webhooks/{name}, the events public_incident.incident_created_v2,
// incident_updated_v2 and incident_status_updated_v2. The endpoint's page shows
// the signing secret ("whsec_…"): it goes to the source's webhook_secret as it is.
//
// Limits, by docs.incident.io, Webhooks: a failed delivery is repeated for 24
// hours, an endpoint that fails for 5 days is disabled. Private incidents come
// as an id alone and are left out. Signatures follow Standard Webhooks and cover
// the time of sending, so an old delivery is refused.
//
// A status's category says how an incident stands: triage opens none; active,
// live and paused are open; learning, closed, declined, merged and canceled are
// over. It began at the timestamp called "Impact started at", "Started at" or
// "Reported at", whichever is set first in that order, was noticed at "Reported
// at", and ended at "Resolved at", "Fixed at" or "Closed at". Custom fields named after services, regions,
// products, features, components or tags are read.
package incidentio

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "incidentio"

// Verify checks the signatures. The error is integrations.ErrBadSignature or
// ErrStaleTimestamp.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	return integrations.CheckStandard(source, header, body, c)
}

// DedupKey checks that Decode reads the body, and returns the delivery's id,
// which the signature covers.
func DedupKey(header http.Header, body []byte, now time.Time) (string, error) {
	_, _, err := parse(body)
	return integrations.EventKey(cmp.Or(header.Get("webhook-id"), header.Get("svix-id")), body, now), err
}

// Decode reads a delivery's body. What is about private incidents, follow-ups
// and actions, or of an unknown kind, is about no incident. The error is
// integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	event, raw, err := parse(body)
	u := integrations.IncidentUpdate{Event: event}
	if err != nil || !strings.HasPrefix(event, "public_incident.incident_") {
		return u.Clean(), err
	}
	var i incident
	if err := integrations.DecodeWebhook(source, raw, &i); err != nil {
		return u, err
	}
	if i.ID == "" {
		return u, integrations.BadFormat(source, "%s", "the incident's id is missing")
	}
	i.tell(&u)
	return u.Clean(), nil
}

// parse returns the event's type and what it is about, which is filed under
// that type.
func parse(body []byte) (event string, about json.RawMessage, err error) {
	var parts map[string]json.RawMessage
	if err := integrations.DecodeWebhook(source, body, &parts); err != nil {
		return "", nil, err
	}
	if json.Unmarshal(parts["event_type"], &event) != nil || event == "" {
		return "", nil, integrations.BadFormat(source, "event_type is missing")
	}
	about, ok := parts[event]
	if !ok && strings.HasPrefix(event, "public_incident.") {
		return "", nil, integrations.BadFormat(source, "the part named as event_type says is missing")
	}
	return event, about, nil
}
