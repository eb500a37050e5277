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

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "generic"

// memory bounds what evaluating one expression may allocate, in expr's units:
// about one for each element of a list that it makes.
const memory = 100_000

// A Mapping is an expression for each thing; "" for those that the sender does
// not tell.
type Mapping struct {
	Key, Event, At, Title, Summary, Message, Severity, Services, Tags, Regions, URL string
	StartedAt, Resolved, ResolvedAt                                                 string
}

// A Source reads one sender's deliveries.
type Source struct {
	header   string
	programs map[string]*vm.Program
}

// New compiles the mapping. The error names the expression and the column.
// signatureHeader is "" for senders that sign nothing.
func New(m Mapping, signatureHeader string) (*Source, error) {
	s := &Source{header: signatureHeader, programs: map[string]*vm.Program{}}
	for name, code := range m.byName() {
		if code == "" {
			continue
		}
		program, err := compile(code, name == "resolved")
		if err != nil {
			return nil, fmt.Errorf("mapping.%s: %w", name, err)
		}
		s.programs[name] = program
	}
	for _, name := range []string{"key", "resolved"} {
		if s.programs[name] == nil {
			return nil, fmt.Errorf("mapping.%s: is missing; expected an expression", name)
		}
	}
	return s, nil
}

// compile leaves out the clock: the same body must always mean the same.
func compile(code string, yesOrNo bool) (*vm.Program, error) {
	options := []expr.Option{expr.Env(map[string]any{}), expr.AllowUndefinedVariables(), expr.DisableBuiltin("now")}
	if yesOrNo {
		options = append(options, expr.AsBool())
	}
	program, err := expr.Compile(code, options...)
	if err != nil {
		return nil, err
	}
	var unknown unknownFunctions
	node := program.Node()
	ast.Walk(&node, &unknown)
	if len(unknown) > 0 {
		return nil, fmt.Errorf("unknown function %s", unknown[0])
	}
	return program, nil
}

// unknownFunctions collects calls of anything but expr's own functions, which
// would fail on every body.
type unknownFunctions []string

// Visit implements ast.Visitor.
func (u *unknownFunctions) Visit(node *ast.Node) {
	if call, ok := (*node).(*ast.CallNode); ok {
		*u = append(*u, call.Callee.String())
	}
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
	env, err := object(body)
	if err != nil {
		return integrations.IncidentUpdate{}, err
	}
	e := evaluation{programs: s.programs, env: env}
	u := integrations.IncidentUpdate{
		SourceKey: e.text("key"), Event: e.text("event"), At: e.time("at"), Title: e.text("title"), Summary: e.text("summary"),
		Message: e.text("message"), Severity: e.text("severity"), Services: e.list("services"), Tags: e.list("tags"),
		Regions: e.list("regions"), URL: e.text("url"), StartedAt: e.time("started_at"), Resolved: e.yes("resolved"),
		ResolvedAt: e.time("resolved_at"),
	}
	if e.err != nil {
		return integrations.IncidentUpdate{}, e.err
	}
	return u.Clean(), nil
}
