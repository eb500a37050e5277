// Package genericsource reads the webhooks of any system that sends JSON: an
// expression for each thing we want to know says where it is in the body.
//
//	incident_sources:
//	  - name: homegrown
//	    kind: generic
//	    webhook_secret: ${HOMEGROWN_SECRET}
//	    signature_header: X-Signature        # absent: the secret itself must come
//	    mapping:
//	      key: incident.id                   # required; nil or "" for about no incident
//	      title: incident.title ?? "Incident " + string(incident.id)
//	      resolved: incident.state in ["closed", "resolved"]   # required
//	      severity: incident.severity
//	      services: map(incident.components ?? [], .name)
//	      started_at: incident.opened
//	      resolved_at: incident.closed
//	      at: sent_at                        # of the message: puts disorder right
//
// The expressions are those of github.com/expr-lang/expr; its documentation is at
// expr-lang.org. It was chosen before jq and JMESPath because an expression there
// always ends (no loops and no recursion), works within a memory budget, reaches
// nothing but the body, is checked when the service starts, with the column of a
// mistake, and brings no further modules. jq programs can run for ever; JMESPath
// has no arithmetic, no conditions and no default for what is missing.
//
// Whatever is missing from a body is nil, at any depth after "?.". Texts may be
// strings, numbers or booleans; lists may be one text; times are in RFC 3339 or
// unix times.
//
// The sender proves itself by the secret (bearer token, password,
// X-Webhook-Secret or ?secret= in the URL), or, with signature_header, by the
// HMAC-SHA256 of the body in that header, in hexadecimal, with or without
// "sha256=" before it.
package genericsource

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "generic"

// A Mapping is an expression for each thing; "" for those that the sender does
// not tell.
type Mapping struct {
	Key, Event, At, Title, Summary, Message, Severity, Services, Tags, Regions, URL string
	StartedAt, Resolved, ResolvedAt                                                 string
}

// A Source reads one sender's deliveries.
type Source struct {
	header   string
	programs integrations.Expressions
}

// New compiles the mapping. The error names the expression and the column.
// signatureHeader is "" for senders that sign nothing.
func New(m Mapping, signatureHeader string) (*Source, error) {
	programs, err := integrations.CompileExpressions(m.byName(), "resolved")
	if err != nil {
		return nil, err
	}
	s := &Source{header: signatureHeader, programs: programs}
	for _, name := range []string{"key", "resolved"} {
		if s.programs[name] == nil {
			return nil, fmt.Errorf("mapping.%s: is missing; expected an expression", name)
		}
	}
	return s, nil
}

func (m Mapping) byName() map[string]string {
	return map[string]string{"key": m.Key, "event": m.Event, "at": m.At, "title": m.Title, "summary": m.Summary,
		"message": m.Message, "severity": m.Severity, "services": m.Services, "tags": m.Tags, "regions": m.Regions,
		"url": m.URL, "started_at": m.StartedAt, "resolved": m.Resolved, "resolved_at": m.ResolvedAt}
}

// Verify checks the signature, or looks for the secret. The error is
// integrations.ErrBadSignature.
func (s *Source) Verify(header http.Header, body []byte, c integrations.Check) error {
	if s.header == "" {
		return integrations.CheckSecret(source, header, c)
	}
	given := strings.TrimPrefix(header.Get(s.header), "sha256=")
	return integrations.CheckHex(source, []string{given}, c.Secret, body)
}

// DedupKey checks that Decode reads the body, and returns the key of a repeat.
func (s *Source) DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	_, err := s.Decode(body)
	return integrations.RepeatKey(body, now), err
}

// Decode evaluates the expressions on a delivery's body, a JSON object. The
// error is integrations.ErrBadFormat.
func (s *Source) Decode(body []byte) (integrations.IncidentUpdate, error) {
	env, err := integrations.JSONObject(source, body)
	if err != nil {
		return integrations.IncidentUpdate{}, err
	}
	e := s.programs.On(source, env)
	u := integrations.IncidentUpdate{
		SourceKey: e.Text("key"), Event: e.Text("event"), At: e.Time("at"), Title: e.Text("title"), Summary: e.Text("summary"),
		Message: e.Text("message"), Severity: e.Text("severity"), Services: e.List("services"), Tags: e.List("tags"),
		Regions: e.List("regions"), URL: e.Text("url"), StartedAt: e.Time("started_at"), Resolved: e.Yes("resolved"),
		ResolvedAt: e.Time("resolved_at"),
	}
	if e.Err != nil {
		return integrations.IncidentUpdate{}, e.Err
	}
	return u.Clean(), nil
}
