// Package zammad speaks with Zammad: it searches tickets by change, reads each
// with its tags, first article and people, writes tags, internal notes and
// replies back, sets up webhook and triggers, and verifies and decodes deliveries.
//
// # The search
//
// GET /api/v1/tickets/search with updated_at in the query needs Elasticsearch,
// which Zammad recommends and every hosted account has; Check says so where it
// finds nothing. The index is seconds behind, so each poll begins two minutes
// before the last ticket. The search tells neither tags nor articles: each
// ticket found is read once more (all=true).
//
// # States
//
// Zammad's closed is our solved (it can be reopened), merged is our closed,
// pending reminder and pending close are pending. A reply that sets pending makes
// it a pending reminder in three days, for Zammad wants a date. A destroyed ticket
// simply is not there any more; no list and no trigger tells of it.
//
// # The webhook
//
// Setup creates a webhook with a signature token and two triggers, for created
// and for updated tickets. Deliveries are signed with HMAC-SHA1 over the body
// (X-Hub-Signature) and tried again four times. They name no tags, so the ticket
// is fetched; the article that they carry counts at once.
//
// # Limits
//
// Zammad has no rate limit of its own. The token needs ticket.agent for all
// groups, and for setup also admin.webhook and admin.trigger. Replies to
// customers with an e-mail address are sent as e-mail, so the group needs an
// outgoing address; others get a public note.
//
// # Sources
//
// docs.zammad.org (api/ticket, api/ticket/articles, api/ticket/tags, api/trigger)
// and admin-docs.zammad.org (manage/webhook, with the sample payload).
package zammad
