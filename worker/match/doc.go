// Package match decides which support tickets belong to which incidents, how
// sure that is, and why. It is pure: values in, values out, the time passed in;
// no model runtime, no clock, no database. The same tickets and the same query
// give the same answer, whatever the order.
//
// # The question
//
// For a ticket t and an incident i we want the odds that t belongs to i. They
// are a product of likelihood ratios, so their logarithms add up, and each one
// is a reason that a person can read (Fellegi and Sunter 1969; Splink's
// waterfall of match weights):
//
//	log-odds = prior + time + surge        when: how many, and how many now
//	         + topic + similar + symptom   what: tags and words
//	         + organization + region       who
//	         + history                     what people decided before
//	         + calibration + competition
//
// # When
//
// Candidates are the tickets from 12 hours before the incident's start to 36
// hours after its end (time.go). A profile says how many to expect at each
// moment: all while it is active, a few before, a tail after, since customers
// write late. Quarters of an hour are estimated from the tickets themselves by
// expectation and maximisation (surge.go): the probability of each ticket
// follows from the share of its quarter, the share from the probabilities of
// the others. A quarter is shrunk towards the two hours around it and those
// towards the profile; a ticket is no evidence for itself, and a handful is no
// surge (surgeTrust). Other tickets of the
// same quarter are the yardstick, so that busy hours are not surges.
//
// # What
//
// Terms are tags and stems of words (terms.go, language.go). The incident's own
// tags and words are few, and customers use others. So topic.go asks which terms
// go with them in all the tickets held: those tagged `cards` speak of PINs. And
// similar terms are those of the tickets found so far, which is how other
// languages and words that no engineer used come in; only tickets on the topic
// teach them, or any rush at the same hour would take the incident over. Both
// are log-ratios shrunk by two pseudo-tickets (lift.go). symptom.go knows six ways
// to fail in several languages.
//
// # How much that is
//
// Terms are not independent, so their sum is not a likelihood ratio. It is
// calibrated once (calibrate.go): tickets outside the window cannot belong to
// the incident, so the share of them that look at least as much like it is a
// p-value with a known distribution, without any label. A ubiquitous tag, a
// wordy customer and a foreign language cancel out. Members are nearly uniform
// in the logarithm of p on labelled sets, which gives the ratio (Vovk and Wang
// 2021 on p-values as evidence). An incident of few tickets is overestimated:
// some of them are chance (sizeWeight). The last correction is Platt's (platt.go).
//
// # Between incidents
//
// Incidents compete for a ticket with one another and with "none". Every query
// names the rivals; they are estimated together.
//
// # People
//
// A confirmed ticket is a member for certain and teaches likeness; a rejected
// one never comes back. Both teach a Model (model.go, history.go): which ticket
// traits go with which services, how late customers write, how far confidence
// is off. Each part acts only after enough decisions, can be read and can be
// reset. Rules come on top (decide.go). Settle keeps links from flapping.
//
// # Online
//
// A customer's later comment makes the ticket a candidate once more, as of then
// (comments.go); the better of the two counts.
//
// An Index leads from one new ticket to the incidents worth asking about; the
// others find it when they are next matched. A Corpus holds a month of tickets
// as sorted term numbers.
//
// # Without an incident
//
// Surges (rush.go) says what rises and no incident explains. Every minute it
// counts the tickets of the last 5 minutes to two hours that hold a term, alone
// and with each symptom, and asks how rare so many are (rise.go): a negative
// binomial tail over what is usual for the term and for the hour of the week.
// Terms are tags, words and themes, a tag with all that goes with it (theme.go).
// One rise is told once: Join (tell.go) knows it again by its tickets, its term
// or its theme.
package match
