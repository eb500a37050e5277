// Package first writes the first configuration: from what somebody uses to a
// file that is valid, the secrets it needs, and what to do next.
package first

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/config"
)

// Choices are what somebody uses.
type Choices struct {
	PublicURL string // "" for not yet
	Helpdesks []System
	Sources   []System
	Chats     []System
	Targets   []Target
	Hours     *Hours // nil: always open
	// OwnDatabase and OwnRedis are servers that run already; else embedded ones.
	OwnDatabase, OwnRedis bool
}

// A System is one helpdesk, incident source or chat.
type System struct{ Name, Kind, URL string }

// A Target is where reminders go. Its URL is a secret, "" for not known yet;
// then Scheme says which form it will have.
type Target struct{ Name, URL, Scheme string }

// Hours are business hours, Monday to Friday.
type Hours struct{ Timezone, From, To string }

// AddHelpdesk names a helpdesk by its kind and adds it.
func (c *Choices) AddHelpdesk(kind, address string) {
	name := "support"
	if len(c.Helpdesks) > 0 {
		name = c.free(kind)
	}
	c.Helpdesks = append(c.Helpdesks, System{name, kind, address})
}

// AddSource names an incident source by its kind and adds it.
func (c *Choices) AddSource(kind string) {
	c.Sources = append(c.Sources, System{Name: c.free(kind), Kind: kind})
}

// AddChat adds a chat. Slack is everybody's, other kinds have an address.
func (c *Choices) AddChat(kind, address string) error {
	if err := CheckURL(address); kind == config.Slack && address != "" || kind != config.Slack && err != nil {
		return fmt.Errorf("chat %s: expected slack, or mattermost and its address like https://chat.example.com", kind)
	}
	c.Chats = append(c.Chats, System{c.free(kind), kind, address})
	return nil
}

// free is a name that no other system has: they share /webhooks/{name}.
func (c *Choices) free(kind string) string {
	kind = strings.ReplaceAll(kind, "_", "-")
	taken := func(name string) bool {
		return slices.ContainsFunc(slices.Concat(c.Helpdesks, c.Sources, c.Chats), func(s System) bool { return s.Name == name })
	}
	name := kind
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", kind, n)
	}
	return name
}

// AddTarget adds a target by its URL, or by its scheme alone ("slack").
func (c *Choices) AddTarget(address string) error {
	t := Target{Name: "support-leads", Scheme: address}
	if n := len(c.Targets); n > 0 {
		t.Name = fmt.Sprintf("support-leads-%d", n+1)
	}
	if scheme, _, full := strings.Cut(address, "://"); full {
		t.Scheme, t.URL = scheme, address
	}
	if _, known := targetForms[t.Scheme]; t.URL == "" && !known {
		return fmt.Errorf("expected a URL in shoutrrr's form, or one of %s", strings.Join(TargetSchemes(), ", "))
	}
	c.Targets = append(c.Targets, t)
	return nil
}

// targetForms are examples of the usual targets' URLs. Many more exist.
var targetForms = map[string]string{
	"slack":      "slack://hook:T00000000-B00000000-XXXXXXXXXXXXXXXXXXXXXXXX@webhook",
	"mattermost": "mattermost://ticketlink@chat.example.com/hook-token",
	"discord":    "discord://token@webhookid",
	"smtp":       "smtp://user:password@mail.example.com:587/?fromaddress=ticketlink@example.com&toaddresses=leads@example.com",
	"generic":    "generic+https://example.com/hook",
}

// TargetSchemes are the kinds of targets that there is an example of.
func TargetSchemes() []string {
	var names []string
	for name := range targetForms {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var span = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`)

// ParseHours reads a time zone and "09:00-18:00". Without a time zone it is
// always open, and Hours are nil.
func ParseHours(timezone, text string) (*Hours, error) {
	if timezone == "" {
		return nil, nil
	}
	if _, err := time.LoadLocation(timezone); err != nil || timezone == "Local" {
		return nil, fmt.Errorf("time zone %q is not known: expected an IANA name like Europe/Madrid", timezone)
	}
	if !span.MatchString(text) {
		return nil, fmt.Errorf("business hours %q: expected a form like 09:00-18:00", text)
	}
	from, to, _ := strings.Cut(text, "-")
	return &Hours{timezone, from, to}, nil
}

// addresses are examples of helpdesks' addresses. Help Scout's is everybody's.
var addresses = map[string]string{
	"freshdesk": "https://acme.freshdesk.com",
	"generic":   "https://desk.example.com",
	"helpscout": "https://api.helpscout.net",
	"intercom":  "https://app.intercom.com/a/inbox/abc123, where people work",
	"jsm":       "https://acme.atlassian.net",
	"zammad":    "https://support.example.com",
	"zendesk":   "https://acme.zendesk.com",
}

// CheckURL requires an address that other systems or we can call.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("%q: expected an address like https://acme.zendesk.com", text)
	}
	return nil
}
