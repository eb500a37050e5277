// Package config reads the configuration: one YAML file, secrets from the
// environment or mounted files, and an environment variable for each top-level
// scalar. It is strict: an unknown key or a bad value stops the start, and every
// problem is told at once with its place in the file and what was expected.
//
// The structs below are the whole truth about the keys. Their tags give default,
// limits and documentation; decoding and the reference (see Reference) are driven
// by them:
//
//	yaml      the key
//	default   in the file's notation; lists are separated by commas
//	required  "true": the key must be there
//	enum      the only values, separated by commas
//	format    a check by name, see formats
//	min, max  limits, both included
//	doc       what it means, for the reference
package config

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"time"
)

// Config is the whole configuration with defaults applied.
type Config struct {
	Listen         string        `yaml:"listen" default:"127.0.0.1:8080" format:"listen" doc:"address and port of webhooks, API, page and metrics; without a token the API answers on loopback only"`
	PublicURL      string        `yaml:"public_url" format:"url" doc:"where people reach this service, for links in messages and for the helpdesk's webhook; default: made from listen"`
	DataDir        string        `yaml:"data_dir" default:"./data" doc:"where the embedded PostgreSQL keeps its data"`
	DatabaseURL    Secret        `yaml:"database_url" format:"postgres" doc:"PostgreSQL; absent: embedded, under data_dir"`
	RedisURL       Secret        `yaml:"redis_url" format:"redis" doc:"Redis: redis://, rediss://, redis-socket://, redis-sentinel://host,host?master=name or redis-cluster://host,host; absent: embedded"`
	LogLevel       string        `yaml:"log_level" default:"info" enum:"debug,info,warn,error" doc:"the least important log lines to write"`
	LogFormat      string        `yaml:"log_format" default:"text" enum:"text,json" doc:"form of the log lines"`
	APIToken       Secret        `yaml:"api_token" doc:"one token that may do everything; for several, api_tokens"`
	Migrate        bool          `yaml:"migrate" default:"true" doc:"bring the database to this version at start, under a lock"`
	WebhookMaxBody ByteSize      `yaml:"webhook_max_body" default:"1MiB" min:"1KiB" max:"64MiB" doc:"a larger webhook is refused with 413"`
	WebhookMaxAge  time.Duration `yaml:"webhook_max_age" default:"5m" min:"1s" max:"24h" doc:"a webhook whose signed timestamp is further away, either way, is refused with 401"`

	APITokens       []APIToken       `yaml:"api_tokens" doc:"who may use the API"`
	SignIn          SignIn           `yaml:"sign_in" doc:"how people sign in besides with a token"`
	Helpdesks       []Helpdesk       `yaml:"helpdesks" doc:"where tickets come from"`
	IncidentSources []IncidentSource `yaml:"incident_sources" doc:"what opens and resolves incidents by itself"`
	Chat            []Chat           `yaml:"chat" doc:"where commands come from, what is said of incidents, and where their impact is shown"`
	Matching        Matching         `yaml:"matching" doc:"which tickets belong to an incident"`
	Impact          Impact           `yaml:"impact" doc:"how the harm to customers is counted"`
	FollowUp        FollowUp         `yaml:"follow_up" doc:"who must hear back, and when"`
	Notify          []Target         `yaml:"notify" doc:"where reminders go; the url ticket://note is an internal note on the ticket itself, ticket://note?tag=follow_up_due also a tag while a follow-up is due"`
	Tracing         Tracing          `yaml:"tracing" doc:"OpenTelemetry traces of each ticket's way; off without an endpoint"`
	Privacy         Privacy          `yaml:"privacy" doc:"what is kept of what customers write"`
	Retention       Retention        `yaml:"retention" doc:"how long things are kept; 0s: for ever"`
	Outbound        Outbound         `yaml:"outbound" doc:"where this service may connect to"`

	// Warnings say what is allowed and probably not meant.
	Warnings []string `yaml:"-"`
}

// Level returns the log level.
func (c *Config) Level() slog.Level {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	return levels[c.LogLevel]
}

// Tokens returns every API token, api_token among them as one that may do everything.
func (c *Config) Tokens() []APIToken {
	if c.APIToken == "" {
		return c.APITokens
	}
	all := APIToken{Name: "api_token", Token: c.APIToken, Scopes: []string{ScopeRead, ScopeWrite, ScopeAdmin}}
	return append([]APIToken{all}, c.APITokens...)
}

// What an API token may do.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
	ScopeAdmin = "admin"
)

// An APIToken lets one program or team use the API.
type APIToken struct {
	Name   string   `yaml:"name" required:"true" format:"name" doc:"who uses it; shown in the audit log"`
	Token  Secret   `yaml:"token" doc:"sent as Authorization: Bearer"`
	SHA256 string   `yaml:"token_sha256" format:"sha256" doc:"instead of token: its SHA-256, as ticketlink token create prints it, so that no file holds the token"`
	Scopes []string `yaml:"scopes" default:"read" enum:"read,write,admin" doc:"what it may do: look; decide about tickets, incidents and follow-ups; replay dead letters and reset what was learned"`
}

// Hash is the SHA-256 of the token, whichever way it is configured.
func (t APIToken) Hash() [sha256.Size]byte {
	if t.Token != "" {
		return sha256.Sum256([]byte(t.Token.Reveal()))
	}
	raw, _ := hex.DecodeString(t.SHA256) // checked when it was read
	var hash [sha256.Size]byte
	copy(hash[:], raw)
	return hash
}

// A Target is one place that gets notifications.
type Target struct {
	Name          string         `yaml:"name" required:"true" format:"name" doc:"named in follow_up.notify and follow_up.escalate"`
	URL           Secret         `yaml:"url" required:"true" format:"target" doc:"one URL in shoutrrr's form, for example slack://hook:A-B-C@webhook, smtp://… or generic+https://…"`
	Language      string         `yaml:"language" enum:",de,en,es,fr" doc:"of its reminders; default: follow_up.language"`
	QuietHours    *BusinessHours `yaml:"quiet_hours" doc:"when nothing is sent to it; what waits is sent at their end"`
	SigningSecret Secret         `yaml:"signing_secret" doc:"slack: the app's signing secret; reminders then have buttons, with /webhooks/{name}/interactive as the app's request URL"`
}

// Tracing says where traces go. Headers and certificates come from the exporter's
// own environment variables, https://opentelemetry.io/docs/specs/otel/protocol/exporter/.
type Tracing struct {
	OTLPEndpoint string  `yaml:"otlp_endpoint" format:"url" doc:"a collector that takes OTLP over HTTP, for example http://localhost:4318; headers by OTEL_EXPORTER_OTLP_HEADERS"`
	SampleRatio  float64 `yaml:"sample_ratio" default:"1" min:"0" max:"1" doc:"the share of tickets, jobs and requests that are traced; a ticket is traced through its whole way or not at all"`
}

// Privacy says what is kept of tickets' text. Without it a keyed hash of each
// word is kept, for matching.
type Privacy struct {
	StoreText bool   `yaml:"store_text" default:"true" doc:"false: subjects and descriptions are not stored; matching then keeps hashes of their words, and pages show the tags instead"`
	TextKey   Secret `yaml:"text_key" doc:"with store_text: false: the hashes' key, 32 characters or more, the same in all replicas; with another key earlier tickets match by their tags only"`
}

// Key is the key of the words' hashes, empty where text is stored.
func (p Privacy) Key() []byte {
	if p.StoreText {
		return nil
	}
	return []byte(p.TextKey.Reveal())
}

// Retention says how long rows outlive their use.
type Retention struct {
	Webhooks time.Duration `yaml:"webhooks" default:"7d" min:"0s" doc:"raw webhook deliveries that were processed"`
	Tickets  time.Duration `yaml:"tickets" default:"0s" min:"0s" doc:"closed tickets that belong to no incident"`
}

// Outbound says where connections may go, beyond what always may.
type Outbound struct {
	Allow []string `yaml:"allow" format:"network" doc:"networks, as in 169.254.10.0/24, that are reached although they are link-local or, for an address that another system named, private; metadata services of clouds are in such a network, so name no more than needed"`
}

// Networks are the allowed networks.
func (o Outbound) Networks() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range o.Allow {
		network, _ := parseNetwork(text) // checked when it was read
		list = append(list, network)
	}
	return list
}
