package main

import (
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/alertmanager"
	"github.com/ticketlink/ticketlink/integrations/genericsource"
	"github.com/ticketlink/ticketlink/integrations/githubissues"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// The three functions of an incident source, of which helpdesks have two; see
// packages sourcetest and helpdesktest.
type (
	verifier func(header http.Header, body []byte, c integrations.Check) error
	keyer    func(header http.Header, body []byte, now time.Time) (string, error)
	decoder  func(body []byte) (integrations.IncidentUpdate, error)
)

// plain is a source that needs a secret and nothing else.
func plain(verify verifier, key keyer, decode decoder) func(config.IncidentSource, *config.Config) (worker.Source, error) {
	return func(s config.IncidentSource, c *config.Config) (worker.Source, error) {
		return worker.Source{Name: s.Name, Decode: decode, Receiver: receiver(verify, key, s.WebhookSecret, c)}, nil
	}
}

// receiver is the hot path of a webhook: who sent it, then what repeats it.
func receiver(verify verifier, key keyer, secret config.Secret, c *config.Config) worker.Receiver {
	return func(header http.Header, body []byte, now time.Time) (string, error) {
		err := verify(header, body, integrations.Check{Secret: secret.Reveal(), Now: now, MaxAge: c.WebhookMaxAge})
		if err != nil {
			return "", err
		}
		return key(header, body, now)
	}
}

func alertmanagerSource(s config.IncidentSource, c *config.Config) (worker.Source, error) {
	credentials := alertmanager.Credentials{Bearer: s.BearerToken.Reveal(), Username: s.Username,
		Password: s.Password.Reveal(), Secret: s.WebhookSecret.Reveal()}
	verify := func(header http.Header, body []byte, check integrations.Check) error {
		return alertmanager.Authorize(header, body, credentials, check)
	}
	key := func(_ http.Header, body []byte, now time.Time) (string, error) {
		return alertmanager.DedupKey(body, now)
	}
	return plain(verify, key, alertmanager.Decode)(s, c)
}

func githubSource(s config.IncidentSource, c *config.Config) (worker.Source, error) {
	return plain(githubissues.Verify, githubissues.DedupKey, githubissues.Decoder(s.Label))(s, c)
}

func genericSource(s config.IncidentSource, c *config.Config) (worker.Source, error) {
	m := *s.Mapping
	source, err := genericsource.New(genericsource.Mapping{Key: m.Key, Event: m.Event, At: m.At, Title: m.Title, Summary: m.Summary,
		Message: m.Message, Severity: m.Severity, Services: m.Services, Tags: m.Tags, Regions: m.Regions, URL: m.URL,
		StartedAt: m.StartedAt, Resolved: m.Resolved, ResolvedAt: m.ResolvedAt}, s.SignatureHeader)
	if err != nil {
		return worker.Source{}, err
	}
	return plain(source.Verify, source.DedupKey, source.Decode)(s, c)
}

func problemSource(s config.IncidentSource, _ *config.Config) (worker.Source, error) {
	return worker.Source{Name: s.Name, Problems: &worker.ProblemSource{Helpdesk: s.Helpdesk, Tag: s.Tag}}, nil
}
