package schema

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Lists without a limit, each with what bounds it. Those of one incident or of
// ids that the caller names need no word.
var bounded = map[string]string{
	"ListChatPeople DueFollowUps Agents ListOnCall ListHelpdesks MissingClocks":              "our own people, helpdesks, calendars and what they owe",
	"ActiveIncidents IncidentsBetween AllIncidents BrokenIncidents TrendIncidents LiveState": "incidents, which people and monitoring declare",
	"RecentSurges ListSurges ExplainedTickets":                                               "what went on in the last hours",
	"TicketsPerMonth IncidentTicketsPerMonth LastAlerts CountDeadLetters":                    "one row for each month, source or kind",
	"PersonTickets ConfirmedBy LinksOfTicket":                                                "one person's or one ticket's",
	"DigestReminders": "one message's",
	"UpsertTicket":    "one row for each ticket of a page",
	"LostDeliveries ForgottenReminders UnintendedReminders ForgottenNotices ForgottenAnswers ForgottenWriteBacks WrongReplyTimes WrongBins FarDeliveries FarFetches FarTickets FarIncidents FarWriteBacks FarNotices FarClocks FarChannels": "mistakes that verify repairs in one statement and names",
}

// No list grows with the database: it has a limit, or a reason to be short.
func TestListsAreBounded(t *testing.T) {
	reasons := map[string]bool{}
	for names := range bounded {
		for name := range strings.FieldsSeq(names) {
			reasons[name] = true
		}
	}
	query := regexp.MustCompile(`(?s)-- name: (\w+) :(?:many|batchmany)\n(.*?)(?:\n-- name:|$)`)
	short := regexp.MustCompile(`(?i)\blimit\b|= @incident\b|\b(incident|source) = @|any\(@\w+(::\w+)?(\[\])?\)|in \(select unnest\(@`)
	files, err := filepath.Glob("queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range strings.Split(string(text), "\n-- name: ") {
			m := query.FindStringSubmatch("-- name: " + strings.TrimPrefix(q, "-- name: "))
			if m != nil && !reasons[m[1]] && !short.MatchString(m[2]) {
				t.Errorf("%s: %s has no limit: give it one, or name here what bounds it", file, m[1])
			}
		}
	}
}
