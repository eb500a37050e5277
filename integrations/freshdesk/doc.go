// Package freshdesk speaks with Freshdesk: it reads the list of tickets by
// change, fetches single ones and their conversations, writes tags, private
// notes and replies back, says how to set up the webhook, and decodes it.
//
// # The list of tickets
//
// GET /tickets?updated_since= with order_by=updated_at is a list in numbered
// pages of 100, at most 300 of them; without updated_since it knows the last 30
// days only. Each page here begins at the time of the last ticket before it, so
// that neither that limit nor a ticket that moves to the end while we read loses
// one. Within one second pages are counted: when more than 100 tickets were
// changed in the same second, and one of them again while these pages are read,
// another of them may be missed until it changes.
//
// Deleted tickets are in a list of their own (filter=deleted), which is read
// along. Spam is in a third one, which is not read: a ticket marked as spam
// stays as it was here.
//
// # The webhook
//
// Freshdesk signs nothing and its API cannot make automation rules, so Setup
// says what to paste: a rule that sends the ticket's id with our secret in the
// header X-Webhook-Secret. Freshdesk does not escape what it fills in, so no
// text that a customer wrote is in it, and every delivery is thin: the ticket
// is fetched. About 1,000 deliveries an hour are sent; polling does the rest.
//
// # Limits
//
// Requests a minute for the whole account: trial 50, Growth 200 (20 of them
// lists of tickets), Pro 400 (100), Enterprise 700 (200); refused requests
// count. Embedding the requester and the description costs more than one each.
// Tags can only be replaced as a whole: a tag that somebody sets in the moment
// between our reading and our writing is lost. Set poll_interval to 2m or more on Growth.
//
// # Sources
//
// Freshdesk's API reference (developers.freshdesk.com/api), its article on rate
// limits (support.freshdesk.com, 225439), recorded answers, and the behaviour that
// other clients rely on (filter=deleted together with updated_since).
package freshdesk
