// Package intercom speaks with Intercom: it searches conversations by change,
// fetches single ones with their parts, writes tags, notes and replies back as an
// admin, says what to enter for the webhook, and decodes it. A conversation is a
// ticket here; Intercom's own tickets (of its ticket types) are not read.
//
// # The search
//
// POST /conversations/search by updated_at, oldest first, in pages of at most
// 150. Its cursor (starting_after) stands behind a conversation and not at a page
// number, so that one that changes meanwhile hides no other. A cursor that is
// refused is lost: the search begins at the last end again. The search follows a
// change within a minute or so; each poll repeats two.
//
// The search leaves out who the customer is: contacts, companies and admins are
// read singly, and remembered for an hour. An organization is the first of a
// contact's companies.
//
// # States
//
// closed is solved here (a customer's answer opens it again), snoozed is pending.
// A reply that sets pending snoozes for three days, or until the customer
// answers. The reply comes first: an admin's reply opens a closed conversation.
//
// # The webhook
//
// Webhooks belong to an app and cannot be made by API: Setup says what to enter
// in the Developer Hub. Intercom signs with the app's client secret, which is
// not ours to choose. A delivery holds a conversation without most of its parts
// and in the app's own API version; it is thin, but for a deletion, of which
// nothing else tells.
//
// # Limits
//
// 10,000 requests a minute for an app, told out in slices of 10 seconds. Of a
// conversation the newest 500 parts can be read. Whether a tag moves updated_at
// is not documented: set by hand, it may come with the next other change only.
//
// # Sources
//
// Intercom's API reference, version 2.11 (developers.intercom.com: Conversations,
// Tags, Pagination, Rate limiting, Webhook topics, Signed notifications); the sort
// order of the search as other clients send it. No recorded answer was at hand.
package intercom
