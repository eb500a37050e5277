package zendesk

import (
	"encoding/json"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
)

type userJSON struct {
	ID             ident                             `json:"id"`
	Name           text                              `json:"name"`
	Email          text                              `json:"email"`
	Role           text                              `json:"role"`
	Locale         text                              `json:"locale"`
	TimeZone       text                              `json:"time_zone"` // may be a Rails name
	IANATimeZone   text                              `json:"iana_time_zone"`
	OrganizationID ident                             `json:"organization_id"`
	Fields         loose[map[string]json.RawMessage] `json:"user_fields"`
	UpdatedAt      moment                            `json:"updated_at"`
}

type organizationJSON struct {
	ID        ident                             `json:"id"`
	Name      text                              `json:"name"`
	Tags      tags                              `json:"tags"`
	Fields    loose[map[string]json.RawMessage] `json:"organization_fields"`
	UpdatedAt moment                            `json:"updated_at"`
}

// DecodePerson reads one user in the form of Zendesk's API. It fails only where
// raw is no JSON object or has no id.
func DecodePerson(raw []byte) (integrations.Person, error) {
	var u userJSON
	if err := json.Unmarshal(raw, &u); err != nil {
		return integrations.Person{}, fmt.Errorf("zendesk: decode a user: %w", err)
	}
	if u.ID == "" {
		return integrations.Person{}, fmt.Errorf("zendesk: decode a user: %w", errNoID)
	}
	zone := u.IANATimeZone
	if zone == "" {
		zone = u.TimeZone
	}
	return integrations.Person{
		ID:             string(u.ID),
		Name:           u.Name.Name(),
		Email:          u.Email.Name(),
		Role:           u.Role.Enum(),
		Locale:         u.Locale.Name(),
		TimeZone:       zone.Name(),
		OrganizationID: string(u.OrganizationID),
		Fields:         fields(u.Fields.Value),
		UpdatedAt:      u.UpdatedAt.Time,
	}, nil
}

// DecodeOrganization reads one organization in the form of Zendesk's API. It
// fails only where raw is no JSON object or has no id.
func DecodeOrganization(raw []byte) (integrations.Organization, error) {
	var o organizationJSON
	if err := json.Unmarshal(raw, &o); err != nil {
		return integrations.Organization{}, fmt.Errorf("zendesk: decode an organization: %w", err)
	}
	if o.ID == "" {
		return integrations.Organization{}, fmt.Errorf("zendesk: decode an organization: %w", errNoID)
	}
	return integrations.Organization{
		ID:        string(o.ID),
		Name:      o.Name.Name(),
		Tags:      integrations.FoldTags(o.Tags),
		Fields:    fields(o.Fields.Value),
		UpdatedAt: o.UpdatedAt.Time,
	}, nil
}
