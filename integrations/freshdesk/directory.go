package freshdesk

import (
	"context"
	"encoding/json"

	"github.com/ticketlink/ticketlink/integrations"
)

// addDirectory adds the companies that the page's tickets name, and the agents
// they are assigned to.
func (c *Client) addDirectory(ctx context.Context, page *integrations.Page) (err error) {
	var companies, agents []string
	for _, t := range page.Tickets {
		companies, agents = append(companies, t.OrganizationID), append(agents, t.AssigneeID)
	}
	if page.Organizations, err = c.companies.All(ctx, companies); err != nil {
		return err
	}
	assignees, err := c.agents.All(ctx, agents)
	page.People = append(page.People, assignees...)
	return err
}

// company looks up one company, with the fields that plan, region and revenue
// are read from.
func (c *Client) company(ctx context.Context, id string) (integrations.Organization, error) {
	var company struct {
		Name      integrations.Text                              `json:"name"`
		Custom    integrations.Loose[map[string]json.RawMessage] `json:"custom_fields"`
		UpdatedAt integrations.Moment                            `json:"updated_at"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: "look up company " + id, Endpoint: "company", Path: "/api/v2/companies/" + id, Out: &company})
	return integrations.Organization{ID: id, Name: company.Name.Name(), Fields: company.Custom.Value, UpdatedAt: company.UpdatedAt.Time}, err
}

// agent looks up somebody who answers tickets.
func (c *Client) agent(ctx context.Context, id string) (integrations.Person, error) {
	var agent struct {
		Contact integrations.Loose[struct {
			Name     integrations.Text `json:"name"`
			Email    integrations.Text `json:"email"`
			Language integrations.Text `json:"language"`
		}] `json:"contact"`
		UpdatedAt integrations.Moment `json:"updated_at"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: "look up agent " + id, Endpoint: "agent", Path: "/api/v2/agents/" + id, Out: &agent})
	who := agent.Contact.Value
	return integrations.Person{ID: id, Name: who.Name.Name(), Email: who.Email.Name(), Locale: who.Language.Name(),
		Role: "agent", UpdatedAt: agent.UpdatedAt.Time}, err
}
