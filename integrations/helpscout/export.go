package helpscout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// maxPages of one list are read before it is begun anew: ours, not the vendor's.
const maxPages = 400

// A list is one page of anything.
type list[T any] struct {
	Embedded T `json:"_embedded"` // not there where the list is empty
	Page     integrations.Loose[struct {
		Total  int `json:"totalPages"`
		Number int `json:"number"`
	}] `json:"page"`
}

func (l list[T]) end() bool { return l.Page.Value.Number >= l.Page.Value.Total }

// Export returns the next page of conversations by change, oldest first.
// Without a cursor it begins at since. Pages repeat the newest second.
func (c *Client) Export(ctx context.Context, text string, since time.Time) (integrations.Page, error) {
	at := integrations.Place{Since: since}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			return integrations.Page{}, &integrations.Error{Op: "help scout: list conversations", Kind: integrations.CursorLost, Detail: "not a cursor of ours"}
		}
	}
	query := url.Values{"modifiedSince": {at.Since.Add(-time.Second).UTC().Format(time.RFC3339)}, "sortField": {"modifiedAt"}, "sortOrder": {"asc"},
		"status": {"all"}, "embed": {"threads"}, "page": {strconv.Itoa(at.Page())}}
	var answer list[struct {
		Conversations []json.RawMessage `json:"conversations"`
	}]
	err := c.do(ctx, integrations.Call{Op: "list conversations", Endpoint: "conversations", Path: "/v2/conversations", Query: query, Out: &answer})
	if err != nil {
		return integrations.Page{}, err
	}
	page := decodePage(answer.Embedded.Conversations)
	page.End = at.Advance(page.Tickets, answer.end(), maxPages)
	if err := c.addCustomers(ctx, &page); err != nil {
		return integrations.Page{}, err
	}
	next, err := json.Marshal(at)
	page.Cursor = string(next)
	return page, err
}

// Fetch returns the conversations with these ids. Those that are gone are
// missing from the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	var gone []string
	var found []json.RawMessage
	for _, id := range ids {
		path, err := ticketPath(id, "")
		if err != nil {
			return integrations.Page{}, err
		}
		var raw json.RawMessage
		err = c.do(ctx, integrations.Call{Op: "fetch conversation " + id, Endpoint: "conversation", Path: path, Query: url.Values{"embed": {"threads"}}, Out: &raw})
		switch {
		case err == nil:
			found = append(found, raw)
		case integrations.KindOf(err) == integrations.NotFound:
			gone = append(gone, id)
		default:
			return integrations.Page{}, err
		}
	}
	page := decodePage(found)
	page.End, page.Gone = true, gone
	return page, c.addCustomers(ctx, &page)
}

// A customer writes, and says for which company.
type customer struct {
	person  integrations.Person
	company integrations.Organization
}

// addCustomers adds who wrote the page's conversations, and their companies.
func (c *Client) addCustomers(ctx context.Context, page *integrations.Page) error {
	var ids []string
	for _, t := range page.Tickets {
		ids = append(ids, t.RequesterID)
	}
	all, err := c.customers.All(ctx, ids)
	if err != nil {
		return err
	}
	companies := map[string]string{}
	for _, who := range all {
		page.People = append(page.People, who.person)
		if id := who.company.ID; id != "" {
			page.Organizations = append(page.Organizations, who.company)
			companies[who.person.ID] = id
		}
	}
	for i, t := range page.Tickets {
		page.Tickets[i].OrganizationID = companies[t.RequesterID]
	}
	return nil
}

// customer looks up somebody who writes.
func (c *Client) customer(ctx context.Context, id string) (customer, error) {
	var v struct {
		First     integrations.Text   `json:"firstName"`
		Last      integrations.Text   `json:"lastName"`
		Company   integrations.Text   `json:"organization"`
		UpdatedAt integrations.Moment `json:"updatedAt"`
		Embedded  integrations.Loose[struct {
			Emails []struct {
				Value integrations.Text `json:"value"`
			} `json:"emails"`
		}] `json:"_embedded"`
	}
	err := c.do(ctx, integrations.Call{Op: "look up customer " + id, Endpoint: "customer", Path: "/v2/customers/" + id, Out: &v})
	who := customer{person: integrations.Person{ID: id, Name: fullName(v.First, v.Last), Role: "end-user", UpdatedAt: v.UpdatedAt.Time}}
	if emails := v.Embedded.Value.Emails; len(emails) > 0 {
		who.person.Email = emails[0].Value.Name()
	}
	if name := v.Company.Name(); name != "" {
		who.company = integrations.Organization{ID: companyID(name), Name: name, UpdatedAt: v.UpdatedAt.Time}
		who.person.OrganizationID = who.company.ID
	}
	return who, err
}

// companyID stands for a company of that name, however it is spaced and capitalized.
func companyID(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(integrations.Squeeze(name))))
	return hex.EncodeToString(sum[:8])
}
