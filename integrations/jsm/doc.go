// Package jsm speaks with Jira Service Management in Jira Cloud: it searches the
// issues of service projects by change, fetches single ones and their comments,
// writes labels, internal notes and public replies back, says what to enter for
// the webhook, and decodes it. A ticket's id is the number and not its
// key, which changes when an issue is moved to another project.
//
// # The search
//
// GET /rest/api/3/search/jql with updated >= and the oldest change first. JQL
// reads a written time in the time zone of whoever asks, to the minute: we give
// milliseconds since 1970, and expect them to be cut to the minute. Each page
// begins at the minute of the last issue read; nextPageToken is only followed
// within one minute, since nothing says whether it stands behind an issue or at a
// number. The search may be behind: each poll repeats two minutes. Deleted issues
// are not in it; the webhook tells of them.
//
// Organizations are a custom field whose id each site has its own; the list of
// fields says which. The first organization is the ticket's.
//
// # States and comments
//
// Statuses are each project's own. Those of the category done are solved here,
// "Waiting for customer" is pending, others of the category new are new, and the
// rest is open. A reply that sets a status takes the first transition that leads
// to such a one, before it answers, and is refused where none does. A comment is
// an agent's unless its author is a portal customer, an app or the reporter.
//
// # The webhook
//
// Setup says what to enter. Jira signs with the secret that is entered
// (X-Hub-Signature, HMAC-SHA256). Deliveries are thin, but for deletions.
//
// # Sources
//
// Atlassian's references of the Jira Cloud platform REST API (version 3), of the
// Jira Service Management REST API, and its page on webhooks
// (developer.atlassian.com/cloud/jira); milliseconds in JQL as other clients send
// them. No recorded answer was at hand.
package jsm
