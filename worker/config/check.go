package config

import (
	"crypto/sha256"
	"fmt"
	"net"
	"slices"
	"strings"
)

// check holds values against one another, fills what is derived from others,
// and notes warnings.
func (d *decoder) check(c *Config) {
	d.checkTokens(c)
	d.checkSignIn(c)
	d.checkSources(c)
	d.checkMatching(&c.Matching)
	d.checkPrivacy(c.Privacy)
	d.checkFollowUp(&c.FollowUp, d.checkTargets(c.Notify))
	if c.PublicURL == "" {
		c.PublicURL = localURL(c.Listen)
	}
	c.Warnings = append(d.warnings, warnings(c)...)
}

// unique notes names that were used before.
func (d *decoder) unique(used map[string]string, name, path string) {
	if name == "" {
		return
	}
	if first, taken := used[name]; taken {
		d.problem(path, "%q is already %s; expected another", d.texts[path], first)
		return
	}
	used[name] = path
}

// checkTokens: each has a token of its own, in one of two forms.
func (d *decoder) checkTokens(c *Config) {
	names, used := map[string]string{}, map[[sha256.Size]byte]bool{}
	if c.APIToken != "" {
		used[APIToken{Token: c.APIToken}.Hash()] = true
	}
	for i, t := range c.APITokens {
		path := fmt.Sprintf("api_tokens[%d]", i)
		d.unique(names, t.Name, path+".name")
		plain, hashed := d.written(path+".token"), d.written(path+".token_sha256")
		switch {
		case plain && hashed:
			d.problem(path+".token_sha256", "is given together with token; expected one of them")
		case t.SHA256 != "" && used[t.Hash()]:
			d.problem(path+".token_sha256", "is another token's too; expected one of its own")
		case plain && used[t.Hash()]:
			d.problem(path+".token", "is another token's too; expected one of its own")
		case !plain && !hashed:
			d.problem(path+".token", "is missing; expected token or token_sha256")
		}
		used[t.Hash()] = true
	}
}

// checkSources: helpdesks and incident sources share /webhooks/{name}.
func (d *decoder) checkSources(c *Config) {
	names := map[string]string{}
	for i, h := range c.Helpdesks {
		path := fmt.Sprintf("helpdesks[%d]", i)
		d.unique(names, h.Name, path+".name")
		d.checkHelpdesk(path, h)
	}
	for i, s := range c.IncidentSources {
		path := fmt.Sprintf("incident_sources[%d]", i)
		d.unique(names, s.Name, path+".name")
		d.checkIncidentSource(path, s)
		d.checkProblemSource(path, s, c.Helpdesks)
	}
	d.checkChats(names, c.Chat)
}

func (d *decoder) checkIncidentSource(path string, s IncidentSource) {
	if s.Kind == Alertmanager {
		d.checkAlertmanager(path)
	} else if s.Kind != ZendeskProblem && !d.written(path+".webhook_secret") {
		d.problem(path+".webhook_secret", "is missing; expected the webhook's signing secret, or the secret that the product sends")
	}
	switch generic := s.Kind == Generic; {
	case generic && s.Mapping == nil:
		d.problem(path+".mapping", "is missing; expected an expression for key and for resolved")
	case !generic && s.Mapping != nil:
		d.problem(path+".mapping", "is for kind generic; %s has a form of its own", s.Kind)
	}
}

func (d *decoder) checkAlertmanager(path string) {
	user, password := d.written(path+".username"), d.written(path+".password")
	if user != password {
		d.problem(path+".password", "username and password go together; expected both")
	} else if !user && !d.written(path+".bearer_token") && !d.written(path+".webhook_secret") {
		d.problem(path+".bearer_token", "is missing; expected bearer_token, or username and password, or webhook_secret for Grafana")
	}
}

// written says whether there is a text at path, good or bad.
func (d *decoder) written(path string) bool { return d.texts[path] != "" }

func (d *decoder) checkMatching(m *Matching) {
	if m.Suggest > m.AutoLink {
		d.problem("matching.suggest", "is above auto_link; expected at most %v", m.AutoLink)
	}
	for i, r := range m.Always {
		d.checkRule(fmt.Sprintf("matching.always[%d]", i), r, m.IgnoreTags)
		if r.IncidentService == "" {
			d.problem(fmt.Sprintf("matching.always[%d].incident_service", i), "is missing; expected the service whose incidents get the tickets")
		}
	}
	for i, r := range m.Never {
		d.checkRule(fmt.Sprintf("matching.never[%d]", i), r, m.IgnoreTags)
	}
}

// minTextKey is long enough that nobody tries all keys.
const minTextKey = 32

func (d *decoder) checkPrivacy(p Privacy) {
	switch {
	case p.StoreText && d.written("privacy.text_key"):
		d.problem("privacy.text_key", "is given and text is stored; expected store_text: false, or no key")
	case !p.StoreText && !d.written("privacy.text_key"):
		d.problem("privacy.text_key", "is missing; expected %d characters or more, for example from: openssl rand -hex 32", minTextKey)
	case !p.StoreText && len(p.TextKey) < minTextKey:
		d.problem("privacy.text_key", "has %d characters; expected %d or more", len(p.TextKey), minTextKey)
	}
}

func (d *decoder) checkRule(path string, r Rule, ignored []string) {
	if r.When == (RuleWhen{}) {
		d.problem(path+".when", "has no condition and would hold for every ticket; expected tag, form or organization")
	}
	if slices.ContainsFunc(ignored, func(tag string) bool { return strings.EqualFold(tag, r.When.Tag) }) {
		d.problem(path+".when.tag", "%q is under ignore_tags too; expected a tag that is not ignored", r.When.Tag)
	}
}

// localURL is how this machine reaches a listening address.
func localURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func warnings(c *Config) []string {
	var list []string
	host, _, _ := net.SplitHostPort(c.Listen)
	if !loopback(host) && len(c.Tokens()) == 0 && c.SignIn.OIDC == nil {
		list = append(list, "listen is open to other machines and there is no api_token or api_tokens: the API answers on loopback only")
	}
	if len(c.Helpdesks) > 0 && len(c.FollowUp.Notify) == 0 {
		list = append(list, "follow_up.notify is empty: nobody is reminded")
	}
	return list
}
