// Package followup decides who must hear back, when, and when that is done.
//
// Plan turns an incident and its linked tickets into follow-ups, of three
// kinds: the first reply while the incident is open, news every so often while
// it stays open, and the closing word after it is resolved. StatusOf and
// NextReminder tell where one follow-up stands at a given moment, Routes.For
// whom a reminder goes to, Gather which reminders are told in one message, a
// Wording what they say and in which language. Hours counts time in a team's
// business hours.
//
// Everything here is a function of values: the time is passed in, nothing is
// read, kept or logged.
package followup
