package jsm

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	pageSize = 100
	// searchLag is how far the search may be behind. Each poll reads it again.
	searchLag     = 2 * time.Minute
	organizations = "com.atlassian.servicedesk:sd-customer-organizations"
	ticketFields  = "summary,description,status,priority,labels,reporter,assignee,issuetype,project,created,updated"
)

// A cursor is where the search goes on. It is kept as JSON.
type cursor struct {
	Since time.Time `json:"since"`
	Token string    `json:"token,omitempty"` // Jira's, while a minute is read
}

type foundJSON struct {
	Issues []json.RawMessage `json:"issues"`
	Next   integrations.Text `json:"nextPageToken"`
}

// Export returns the next page of issues by change, oldest first. Without a
// cursor it begins at since. Pages repeat the newest minute, each poll the last
// two minutes before the newest change.
func (c *Client) Export(ctx context.Context, text string, since time.Time) (integrations.Page, error) {
	at := cursor{Since: since}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			return integrations.Page{}, &integrations.Error{Op: "jsm: search issues", Kind: integrations.CursorLost, Detail: "not a cursor of ours"}
		}
	}
	organization, err := c.organizationField(ctx)
	if err != nil {
		return integrations.Page{}, err
	}
	found, err := c.search(ctx, at, organization)
	if err != nil {
		return integrations.Page{}, err
	}
	page := decodePage(found.Issues, organization)
	page.End = found.Next == ""
	at.advance(page, string(found.Next))
	kept, err := json.Marshal(at)
	page.Cursor = string(kept)
	return page, err
}

// advance moves on to the minute of the newest issue, or within it.
func (at *cursor) advance(page integrations.Page, next string) {
	newest := at.Since
	for _, t := range page.Tickets {
		if t.UpdatedAt.After(newest) {
			newest = t.UpdatedAt
		}
	}
	begin := newest.Truncate(time.Minute)
	if page.End {
		begin = newest.Add(-searchLag)
	}
	at.Token = next
	if begin.After(at.Since) {
		at.Since, at.Token = begin, ""
	}
}

func (c *Client) search(ctx context.Context, at cursor, organization string) (found foundJSON, err error) {
	const op = "search issues"
	query := url.Values{
		"jql":    {fmt.Sprintf("projectType = service_desk AND updated >= %d ORDER BY updated ASC", at.Since.UnixMilli())},
		"fields": {fieldsWith(organization)}, "maxResults": {strconv.Itoa(pageSize)},
	}
	if at.Token != "" {
		query.Set("nextPageToken", at.Token)
	}
	err = c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "search", Path: "/rest/api/3/search/jql", Query: query, Out: &found})
	if err != nil && integrations.KindOf(err) == integrations.Refused && at.Token != "" {
		err = &integrations.Error{Op: "jsm: " + op, Kind: integrations.CursorLost, Err: err}
	}
	if err == nil && at.Token != "" && string(found.Next) == at.Token {
		err = &integrations.Error{Op: "jsm: " + op, Kind: integrations.Temporary, Detail: "nextPageToken does not advance"}
	}
	return found, err
}

// Fetch returns the issues with these ids. Those that are gone are missing from
// the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	organization, err := c.organizationField(ctx)
	if err != nil {
		return integrations.Page{}, err
	}
	var gone []string
	var found []json.RawMessage
	for _, id := range ids {
		path, err := issuePath(platform, id, "")
		if err != nil {
			return integrations.Page{}, err
		}
		var raw json.RawMessage
		err = c.http.Do(ctx, integrations.Call{Op: "fetch issue " + id, Endpoint: "issue", Path: path,
			Query: url.Values{"fields": {fieldsWith(organization)}}, Out: &raw})
		if err != nil && integrations.KindOf(err) == integrations.NotFound {
			gone = append(gone, id)
			continue
		}
		if err != nil {
			return integrations.Page{}, err
		}
		found = append(found, raw)
	}
	page := decodePage(found, organization)
	page.End, page.Gone = true, gone
	return page, nil
}

// organizationField is the field with a request's organizations, "" where the
// site has none.
func (c *Client) organizationField(ctx context.Context) (string, error) {
	found, err := c.fields.All(ctx, []string{organizations})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

func fieldsWith(organization string) string {
	if organization == "" {
		return ticketFields
	}
	return ticketFields + "," + organization
}
