package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

// summary says in a few sentences what somebody who was not there must know:
// what, when and how long; who was hurt; who noticed first; how they were
// answered.
func summary(r Report) string {
	sentences := []string{lasted(r.Incident, r.WrittenAt)}
	if r.Impact.Linked == 0 {
		sentences = append(sentences, "No ticket is linked to it.")
	} else {
		sentences = append(sentences, hurt(r.Impact), noticed(r.Incident, r.Impact), answered(r.Impact))
	}
	sentences = append(sentences, heardBack(r.FollowUps))
	return strings.Join(strings.Fields(strings.Join(sentences, " ")), " ")
}

func lasted(i Incident, now time.Time) string {
	what := fmt.Sprintf("“%s” (%s", strings.TrimSuffix(i.Title, "."), i.Key)
	if i.Severity != "" {
		what += ", " + i.Severity
	}
	end, resolved := i.Resolved()
	if !resolved {
		return fmt.Sprintf("%s) began on %s at %s UTC and is not resolved; it has lasted %s so far.", what, day(i.Started), clock(i.Started), span(i.open(now)))
	}
	again := ""
	if n := len(i.Phases); n > 1 {
		again = fmt.Sprintf(" in %d phases", n)
	}
	when := fmt.Sprintf(" on %s, from %s to %s", day(i.Started), clock(i.Started), clock(end))
	if !sameDay(i.Started, end) {
		when = fmt.Sprintf(", between %s on %s and %s on %s", clock(i.Started), day(i.Started), clock(end), day(end))
	}
	return fmt.Sprintf("%s) lasted %s%s%s UTC.", what, span(i.open(now)), again, when)
}

func hurt(i impact.Impact) string {
	who := count(i.Customers, "customer")
	if i.Organizations > 0 {
		who += " of " + count(i.Organizations, "organization")
	}
	text := fmt.Sprintf("%s wrote %s about it", who, count(i.Linked, "ticket"))
	if i.Excess >= 1 {
		text += fmt.Sprintf("; in all, %s more came than usual", count(int64(i.Excess+0.5), "ticket"))
	}
	text += "."
	if len(i.Revenue) > 0 {
		text += " These organizations stand for " + money(i.Revenue) + " of revenue."
	}
	return text
}

// noticed says who knew first. Less than a minute is called the same time.
func noticed(i Incident, m impact.Impact) string {
	lag := time.Duration(*m.DetectionLag * float64(time.Second))
	noticed := "it was detected"
	if i.Detected == nil {
		noticed = "anybody declared it"
	}
	switch {
	case lag >= time.Minute:
		return fmt.Sprintf("Customers knew first: the rush of tickets began %s before %s.", span(lag), noticed)
	case lag <= -time.Minute && i.Detected == nil:
		return fmt.Sprintf("It was declared %s before the rush of tickets began.", span(-lag))
	case lag <= -time.Minute:
		return fmt.Sprintf("Monitoring was first: it was detected %s before the rush of tickets began.", span(-lag))
	}
	return fmt.Sprintf("The rush of tickets began at the time %s.", noticed)
}

// few is how many answers are too few for a median to mean something.
const few = 5

func answered(i impact.Impact) string {
	text := ""
	switch {
	case i.Answered == 0 && i.Unanswered == 0:
		return "" // solved without a word; the table of waits tells
	case i.Answered == 0:
		return fmt.Sprintf("Nobody has been answered yet; %s.", wait(i.Unanswered))
	case i.Answered < few:
		text = fmt.Sprintf("%s %s answered, after %s at the median", count(i.Answered, "ticket"), were(int(i.Answered)), seconds(i.FirstReply))
	default:
		text = fmt.Sprintf("Half of the answered tickets had a first reply within %s, nine in ten within %s", seconds(i.FirstReply), seconds(i.FirstReplyP90))
	}
	if i.Unanswered > 0 {
		text += "; " + wait(i.Unanswered)
	}
	return text + "."
}

func wait(n int64) string {
	if n == 1 {
		return "1 ticket still waits for a first reply"
	}
	return thousands(n) + " tickets still wait for a first reply"
}

// heardBack says how many were told of the end.
func heardBack(all []FollowUps) string {
	for _, f := range all {
		told, owed := f.OnTime+f.Late, f.OnTime+f.Late+f.Pending+f.Missing
		if f.Kind != "closing" || owed == 0 {
			continue
		}
		text := fmt.Sprintf("After the resolution %d of %s owed to customers %s sent", told, count(owed, "closing reply"), were(told))
		if f.Late > 0 {
			text += fmt.Sprintf(", %d of them late", f.Late)
		}
		return text + "."
	}
	return ""
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
