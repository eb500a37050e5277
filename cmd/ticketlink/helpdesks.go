package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/freshdesk"
	"github.com/ticketlink/ticketlink/integrations/generichelpdesk"
	"github.com/ticketlink/ticketlink/integrations/helpscout"
	"github.com/ticketlink/ticketlink/integrations/intercom"
	"github.com/ticketlink/ticketlink/integrations/jsm"
	"github.com/ticketlink/ticketlink/integrations/zammad"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// firstPoll is how far back a helpdesk without start_time is read.
const firstPoll = 30 * 24 * time.Hour

// A helpdeskKind is one product whose helpdesks can be connected.
type helpdeskKind struct {
	// connect checks the configuration and calls nobody.
	connect func(h config.Helpdesk, l integrations.Line) (helpdesk, error)
	access  string // what doctor says when the credentials are refused
}

// A helpdesk is one account with all that the service and the commands do with it.
type helpdesk struct {
	client helpdeskClient
	verify verifier
	key    keyer
	decode func(body []byte) (integrations.TicketEvent, error)
}

// A helpdeskClient also does what only the commands ask.
type helpdeskClient interface {
	worker.HelpdeskClient
	// Check says in words who we are and what the rate limit leaves.
	Check(ctx context.Context) (found string, err error)
	// Setup creates or repairs the webhook, or says how to. It returns what it
	// did, in words, and the secret that the webhook has.
	Setup(ctx context.Context, hook integrations.Hook) (steps []string, secret string, err error)
	TicketURL(ticketID string) string
}

func connect(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	return helpdeskKinds[h.Kind].connect(h, l)
}

// kinds are the names of the products, for messages.
func kinds() []string { return slices.Sorted(maps.Keys(helpdeskKinds)) }

// served is the helpdesk as the service knows it.
func (d helpdesk) served(h config.Helpdesk, c *config.Config, now func() time.Time) worker.Helpdesk {
	start := h.StartTime
	if start.IsZero() {
		start = now().Add(-firstPoll)
	}
	desk := worker.Helpdesk{
		Name: h.Name, Client: d.client, Decode: d.decode, PollInterval: h.PollInterval, StartTime: start,
		WriteTag: h.WriteBack.Tag, WriteNote: h.WriteBack.Note, TicketURL: d.client.TicketURL,
		Receiver: receiver(d.verify, d.key, h.WebhookSecret, c),
	}
	if problems, ok := d.client.(worker.ProblemWriter); ok && h.WriteBack.Problem {
		desk.Problems, desk.ProblemAuto = problems, h.WriteBack.ProblemAuto
	}
	return desk
}

func freshdeskHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := freshdesk.New(freshdesk.Config{URL: h.URL, APIKey: h.APIToken.Reveal(), Line: l})
	return helpdesk{client, freshdesk.Verify, freshdesk.DedupKey, freshdesk.DecodeEvent}, err
}

func genericHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := generichelpdesk.New(generichelpdesk.Config{URL: h.URL, Token: h.APIToken.Reveal(), SignatureHeader: h.SignatureHeader,
		Mapping: genericMapping(*h.Generic), Line: l})
	if err != nil {
		return helpdesk{}, err
	}
	return helpdesk{client, client.Verify, client.DedupKey, client.DecodeEvent}, nil
}

func genericMapping(g config.GenericHelpdesk) generichelpdesk.Mapping {
	t, c := g.Ticket, g.Comments
	m := generichelpdesk.Mapping{
		Ticket: map[string]string{"id": t.ID, "subject": t.Subject, "description": t.Description, "status": t.Status, "priority": t.Priority,
			"type": t.Type, "channel": t.Channel, "tags": t.Tags, "requester_id": t.RequesterID, "requester_name": t.RequesterName,
			"requester_email": t.RequesterEmail, "organization_id": t.OrganizationID, "organization_name": t.OrganizationName,
			"organization_fields": t.OrganizationFields, "assignee_id": t.AssigneeID, "group_id": t.GroupID,
			"created_at": t.CreatedAt, "updated_at": t.UpdatedAt, "deleted": t.Deleted},
		ListPath: g.List.Path, ListItems: g.List.Items, ListNext: g.List.Next, FetchPath: g.Fetch.Path, FetchItem: g.Fetch.Item,
		WebhookItem: g.Webhook.Ticket, CommentsPath: c.Path,
		Comments: map[string]string{"items": c.Items, "id": c.ID, "body": c.Body, "agent": c.Agent, "ours": c.Ours, "public": c.Public,
			"author_id": c.AuthorID, "at": c.At},
		Write: map[string]generichelpdesk.Write{}, TicketPath: g.TicketPath,
	}
	for name, w := range map[string]config.GenericWrite{"add_tag": g.Write.AddTag, "remove_tag": g.Write.RemoveTag, "note": g.Write.Note,
		"reply": g.Write.Reply, "status": g.Write.Status} {
		m.Write[name] = generichelpdesk.Write(w)
	}
	return m
}

func helpscoutHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := helpscout.New(helpscout.Config{URL: h.URL, AppID: h.AppID, AppSecret: h.APIToken.Reveal(), Line: l})
	return helpdesk{client, helpscout.Verify, helpscout.DedupKey, helpscout.DecodeEvent}, err
}

func intercomHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := intercom.New(intercom.Config{URL: h.URL, Token: h.APIToken.Reveal(), Line: l})
	return helpdesk{client, intercom.Verify, intercom.DedupKey, intercom.DecodeEvent}, err
}

func jsmHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := jsm.New(jsm.Config{URL: h.URL, Email: h.Email, APIToken: h.APIToken.Reveal(), Line: l})
	return helpdesk{client, jsm.Verify, jsm.DedupKey, jsm.DecodeEvent}, err
}

func zammadHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := zammad.New(zammad.Config{URL: h.URL, Token: h.APIToken.Reveal(), OAuthToken: h.OAuthToken.Reveal(),
		Line: l})
	return helpdesk{client, zammad.Verify, zammad.DedupKey, zammad.DecodeEvent}, err
}

func zendeskHelpdesk(h config.Helpdesk, l integrations.Line) (helpdesk, error) {
	client, err := zendesk.New(zendesk.Config{URL: h.URL, Email: h.Email, APIToken: h.APIToken.Reveal(),
		OAuthToken: h.OAuthToken.Reveal(), Line: l})
	return helpdesk{client, zendesk.Verify, zendesk.DedupKey, zendesk.DecodeEvent}, err
}
