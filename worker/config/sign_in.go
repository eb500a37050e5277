package config

import (
	"net/url"
	"time"
)

// SignIn says how people sign in besides with a token.
type SignIn struct {
	OIDC *OIDC `yaml:"oidc" doc:"an OpenID Connect provider; register a web application there whose redirect address is {public_url}/sign-in/oidc/callback"`
}

// OIDC is an OpenID Connect provider and who gets which role.
type OIDC struct {
	Name         string            `yaml:"name" default:"single sign-on" doc:"what people call it, for the button"`
	Issuer       string            `yaml:"issuer" required:"true" format:"url" doc:"the provider's own address, below which .well-known/openid-configuration is; https unless it is on this machine"`
	ClientID     string            `yaml:"client_id" required:"true" doc:"ours at the provider"`
	ClientSecret Secret            `yaml:"client_secret" doc:"ours at the provider; absent: a public client"`
	Scopes       []string          `yaml:"scopes" default:"profile,email" doc:"asked for besides openid; some providers want groups too"`
	RolesClaim   string            `yaml:"roles_claim" default:"groups" doc:"the ID token's claim with a person's groups; dots lead into objects, as in realm_access.roles"`
	Roles        map[string]string `yaml:"roles" enum:"viewer,agent,admin" doc:"group and role; the highest counts. A viewer looks; an agent also decides about tickets, incidents and follow-ups; an admin also replays dead letters and resets what was learned"`
	DefaultRole  string            `yaml:"default_role" enum:",viewer,agent,admin" doc:"of people in none of these groups; absent: they are turned away"`
	Session      time.Duration     `yaml:"session" default:"12h" min:"5m" max:"30d" doc:"how long a sign-in lasts; roles are read anew with each"`
}

func (d *decoder) checkSignIn(c *Config) {
	o := c.SignIn.OIDC
	if o == nil {
		return
	}
	const path = "sign_in.oidc"
	if u, err := url.Parse(o.Issuer); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		d.problem(path+".issuer", "is plain http, by which anybody on the way could sign in; expected https")
	}
	if len(o.Roles) == 0 && o.DefaultRole == "" {
		d.problem(path+".roles", "is missing, and so is default_role: nobody could sign in; expected groups with their roles, for example {support: agent}")
	}
	if !d.written("public_url") {
		d.problem(path, "needs public_url, to which the provider sends people back")
	}
}
