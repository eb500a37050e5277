// Package worker is the service: it takes what other systems tell, decides
// what it means, and tells people. Read it along the way of one ticket:
//
//	receive.go      a webhook is checked and stored (groupcommit.go), then answered
//	inbox.go        stored deliveries become tickets and incidents
//	poll.go         a helpdesk's export is read, page and cursor in one transaction
//	accept.go       both ways meet: newer wins, and what hangs on the ticket is due again
//	rescore.go      which incidents it may belong to; one incident's links, computed anew
//	decide.go       a person's word about a link, which outlives every later re-score
//	problems.go     what agents say by problem tickets; problem_write.go says it to them
//	writeback.go    the tag and the note on the ticket
//	measure.go      what the incident did to customers
//	plan.go         who must hear back
//	remind.go       who is told so, and when
//	replies.go      the public replies that end it
//	verify.go       all of it counted again from scratch, and repaired
//
// Chats: chat_http.go takes commands (chat_verbs.go) and what is said (chat.go),
// chat_posts.go shows the impact.
//
// Everything due is a column named x_due_at in PostgreSQL. A job claims a row
// by moving that time forward and clears it when done, so it may crash or run
// twice. Redis only makes it quick: sweep (jobs.go) nudges whatever the tables
// say is due. Incidents begin in incidents.go and alerts.go.
//
// The surfaces are on one screen each: HTTP in routes.go, jobs in jobs.go. The
// life of the process is in lifecycle.go. Time is Options.Now, always.
//
// Transactions lock tickets by helpdesk and id, then the source (one), then
// incidents by id, then the helpdesk's row. So none waits for another for good.
package worker
