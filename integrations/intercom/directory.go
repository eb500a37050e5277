package intercom

import (
	"context"
	"encoding/json"

	"github.com/ticketlink/ticketlink/integrations"
)

// addDirectory adds who wrote the page's tickets, their companies and the admins
// they are assigned to, and gives each ticket its organization.
func (c *Client) addDirectory(ctx context.Context, page *integrations.Page) error {
	var requesters, assignees, companies []string
	for _, t := range page.Tickets {
		requesters, assignees = append(requesters, t.RequesterID), append(assignees, t.AssigneeID)
	}
	contacts, err := c.contacts.All(ctx, requesters)
	if err != nil {
		return err
	}
	companyOf := map[string]string{}
	for _, p := range contacts {
		companyOf[p.ID] = p.OrganizationID
		companies, page.People = append(companies, p.OrganizationID), append(page.People, p)
	}
	for i, t := range page.Tickets {
		page.Tickets[i].OrganizationID = companyOf[t.RequesterID]
	}
	if page.Organizations, err = c.companies.All(ctx, companies); err != nil {
		return err
	}
	admins, err := c.admins.All(ctx, assignees)
	page.People = append(page.People, admins...)
	return err
}

func (c *Client) contact(ctx context.Context, id string) (integrations.Person, error) {
	var who struct {
		Name      integrations.Text                              `json:"name"`
		Email     integrations.Text                              `json:"email"`
		Language  integrations.Text                              `json:"language_override"`
		Custom    integrations.Loose[map[string]json.RawMessage] `json:"custom_attributes"`
		UpdatedAt integrations.Moment                            `json:"updated_at"`
		Companies integrations.Loose[struct {
			Data []struct {
				ID integrations.Text `json:"id"`
			} `json:"data"`
		}] `json:"companies"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: "look up contact " + id, Endpoint: "contact", Path: "/contacts/" + id, Out: &who})
	p := integrations.Person{ID: id, Name: who.Name.Name(), Email: who.Email.Name(), Role: "end-user", Locale: who.Language.Name(),
		Fields: who.Custom.Value, UpdatedAt: who.UpdatedAt.Time}
	if companies := who.Companies.Value.Data; len(companies) > 0 {
		p.OrganizationID = companies[0].ID.ID()
	}
	return p, err
}

// company looks up one company. Its plan and monthly spend stand among the
// custom attributes, where impact reads them.
func (c *Client) company(ctx context.Context, id string) (integrations.Organization, error) {
	var company struct {
		Name      integrations.Text                              `json:"name"`
		Spend     json.RawMessage                                `json:"monthly_spend"`
		Custom    integrations.Loose[map[string]json.RawMessage] `json:"custom_attributes"`
		UpdatedAt integrations.Moment                            `json:"updated_at"`
		Plan      integrations.Loose[struct {
			Name json.RawMessage `json:"name"`
		}] `json:"plan"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: "look up company " + id, Endpoint: "company", Path: "/companies/" + id, Out: &company})
	fields := company.Custom.Value
	for name, value := range map[string]json.RawMessage{"plan": company.Plan.Value.Name, "monthly_spend": company.Spend} {
		if fields == nil {
			fields = map[string]json.RawMessage{}
		}
		if _, taken := fields[name]; !taken && value != nil {
			fields[name] = value
		}
	}
	return integrations.Organization{ID: id, Name: company.Name.Name(), Fields: fields, UpdatedAt: company.UpdatedAt.Time}, err
}

// admin looks up somebody who answers conversations.
func (c *Client) admin(ctx context.Context, id string) (integrations.Person, error) {
	var who struct {
		Name  integrations.Text `json:"name"`
		Email integrations.Text `json:"email"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: "look up admin " + id, Endpoint: "admin", Path: "/admins/" + id, Out: &who})
	return integrations.Person{ID: id, Name: who.Name.Name(), Email: who.Email.Name(), Role: "agent"}, err
}
