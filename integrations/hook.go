package integrations

import (
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
)

// A Hook is where a helpdesk shall send its webhooks.
type Hook struct {
	Endpoint string // the URL
	Name     string // what the webhook is called in the helpdesk: "ticketlink support"
	Secret   string // to sign with, for helpdesks that let us choose it; "" where none is configured
}

// ChosenSecret is the configured secret, or a new one where there is none.
func (h Hook) ChosenSecret() string {
	if h.Secret != "" {
		return h.Secret
	}
	return rand.Text()
}

// NewHook is the hook of the helpdesk with that name in the configuration.
func NewHook(publicURL, name, secret string) (Hook, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Hook{}, errors.New("public_url must be the address at which the helpdesk reaches us, like https://ticketlink.example.com")
	}
	endpoint := strings.TrimRight(publicURL, "/") + "/webhooks/" + url.PathEscape(name)
	return Hook{Endpoint: endpoint, Name: "ticketlink " + name, Secret: secret}, nil
}
