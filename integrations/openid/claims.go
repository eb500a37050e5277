package openid

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/ticketlink/ticketlink/integrations"
)

const (
	maxName   = 100 // characters
	maxGroups = 1000
)

// claims are what we read of an ID token; the groups' claim is configured.
type claims struct {
	Name     string `json:"name"`
	Given    string `json:"given_name"`
	Family   string `json:"family_name"`
	Username string `json:"preferred_username"`
	Email    string `json:"email"`
	// Absent at providers that know all their addresses. Some send a text.
	Verified json.RawMessage `json:"email_verified"`
	Party    string          `json:"azp"`
}

func (c *Client) identity(id *oidc.IDToken) (integrations.Identity, error) {
	var said claims
	all := map[string]any{}
	if err := errors.Join(id.Claims(&said), id.Claims(&all)); err != nil {
		return integrations.Identity{}, refused("read the ID token", errors.New("its claims are not of the standard's form"))
	}
	if len(id.Audience) > 1 && said.Party != c.config.ClientID {
		return integrations.Identity{}, refused("verify the ID token", errors.New("it was issued to another client"))
	}
	who := integrations.Identity{Subject: id.Subject, Name: said.display(), Groups: texts(claimAt(all, c.config.GroupsClaim))}
	if v := strings.Trim(string(said.Verified), `"`); v == "" || v == "true" {
		who.Email = strings.ToLower(said.Email)
	}
	if who.Subject == "" || who.Name == "" {
		return who, refused("read the ID token", errors.New("it names nobody; the scope profile is needed, for name or preferred_username"))
	}
	return who, nil
}

// display is a name for the audit log. Where the provider knows no other than
// an address, what stands before the @ has to do.
func (c claims) display() string {
	name := cmp.Or(strings.TrimSpace(c.Name), strings.TrimSpace(c.Given+" "+c.Family), c.Username)
	name, _, _ = strings.Cut(name, "@")
	return strings.TrimSpace(integrations.CleanText(name, maxName))
}

// claimAt finds a claim by its name, else along its dots: realm_access.roles.
func claimAt(all map[string]any, name string) any {
	if v, ok := all[name]; ok {
		return v
	}
	first, rest, more := strings.Cut(name, ".")
	inner, ok := all[first].(map[string]any)
	if !more || !ok {
		return nil
	}
	return claimAt(inner, rest)
}

// texts reads a list of texts, or one text.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v[:min(len(v), maxGroups)] {
			if s, ok := item.(string); ok && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}
