package config

import (
	"net/url"
	"strings"
)

// credentials are the ways in which a helpdesk of each kind lets us in. One of
// them must be written whole; its last key is the secret.
var credentials = map[string][][]string{
	Zendesk:   {{"email", "api_token"}, {"oauth_token"}},
	Freshdesk: {{"api_token"}},
	Helpscout: {{"app_id", "api_token"}},
	Zammad:    {{"api_token"}, {"oauth_token"}},
	Intercom:  {{"api_token"}},
	JSM:       {{"email", "api_token"}},
}

func (d *decoder) checkHelpdesk(path string, h Helpdesk) {
	if u, err := url.Parse(h.URL); err == nil && u.Scheme == "http" && !h.AllowHTTP && !loopback(u.Hostname()) {
		d.problem(path+".url", "is plain http, which shows the credentials to the network; expected https, or allow_http: true")
	}
	if h.WriteBack.Problem && h.Kind != Zendesk && h.Kind != "" {
		d.problem(path+".write_back.problem", "is for kind zendesk; %s has no problem tickets", h.Kind)
	}
	d.checkGenericHelpdesk(path, h)
	if ways := credentials[h.Kind]; ways != nil {
		d.checkCredentials(path, ways)
	}
}

// checkCredentials: exactly one secret, with the keys that go with it.
func (d *decoder) checkCredentials(path string, ways [][]string) {
	var chosen, words []string
	for _, way := range ways {
		words = append(words, strings.Join(way, " and "))
		secret := way[len(way)-1]
		switch {
		case !d.written(path + "." + secret):
		case chosen != nil:
			d.problem(path+"."+secret, "is given together with %s; expected one of them", chosen[len(chosen)-1])
		default:
			chosen = way
		}
	}
	if chosen == nil {
		d.problem(path+"."+ways[0][len(ways[0])-1], "is missing; expected %s", strings.Join(words, ", or "))
	}
	for _, key := range chosen[:max(len(chosen)-1, 0)] {
		if !d.written(path + "." + key) {
			d.problem(path+"."+key, "is missing; expected it together with %s", chosen[len(chosen)-1])
		}
	}
}
