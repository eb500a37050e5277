// Package helpscout speaks with Help Scout's Mailbox API 2.0: it reads the list
// of conversations by change, fetches single ones and their threads, writes
// tags, notes and replies back, sets up the webhook, and decodes it.
//
// Credentials are those of an app (Your profile, My apps): its id and secret
// are exchanged for a token of two days, which acts as the app's owner.
//
// # The list of conversations
//
// GET /v2/conversations?modifiedSince= with sortField=modifiedAt is a list in
// numbered pages. An answer does not say when a conversation was modified, only
// when a user last did something with it, and since when the customer waits: the
// later of these and of its threads is our time of change. It is never after the
// real one, so each page begins where the one before it ended and leaves nothing
// out; what a workflow changed comes again with each poll, until something newer does.
// Deleted conversations are not in the list: one that the webhook tells of is
// fetched, and is not there. Spam counts as deleted.
//
// # The webhook
//
// It carries the conversation, and its event only in a header, so that only the
// id is taken and the conversation fetched. X-HelpScout-Signature is the
// HMAC-SHA1 of the body in base64. Help Scout wants a secret of at most 40
// characters, and switches a webhook off that fails for long; Setup makes it anew.
//
// # Limits
//
// Requests a minute for the whole account: 200 to 800 by plan; writing counts
// twice. Each new customer is looked up for the company's name: companies have
// no ids here, so one is made of the name, and no plan or revenue is known. A
// tag that somebody sets in the moment between our reading and our writing is
// lost. Statuses are active (open), pending and closed (solved).
//
// # Sources
//
// The vendor's own client, helpscout/helpscout-api-php: its requests, filters
// and recorded answers; developer.helpscout.com/mailbox-api. Not confirmed: the
// size of a page (it is not relied on), the rate limits, whether modifiedSince
// includes its own second (a second earlier is asked for), and the form of a
// deletion's delivery beyond its id.
package helpscout
