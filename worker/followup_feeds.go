package worker

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/emersion/go-ical"
)

// feedSize bounds a feed: more than this is no list for people.
const feedSize = 5000

const calendarProduct = "-//ticketlink//follow-ups//EN"

type feedFilter struct {
	Status   string `query:"status" enum:"pending,due,overdue,done,cancelled"`
	Assignee string `query:"assignee" doc:"The helpdesk's id of the agent"`
	Incident string `query:"incident" doc:"The incident's key"`
}

type feed struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// followUpFeeds registers follow-ups as a table and as a calendar.
func (w *Worker) followUpFeeds(api huma.API) {
	huma.Register(api, op("GET", "/follow-ups.csv", "follow-ups-csv", "Follow-ups as CSV"), func(ctx context.Context, in *feedFilter) (*feed, error) {
		rows, err := w.feedRows(ctx, *in)
		if err != nil {
			return nil, w.failure(err)
		}
		return &feed{"text/csv; charset=utf-8", `attachment; filename="follow-ups.csv"`, followUpsCSV(rows)}, nil
	})
	huma.Register(api, op("GET", "/follow-ups.ics", "follow-ups-calendar", "Open follow-ups as a calendar (iCalendar)"), func(ctx context.Context, in *feedFilter) (*feed, error) {
		rows, err := w.feedRows(ctx, *in)
		if err != nil {
			return nil, w.failure(err)
		}
		text, err := w.followUpsCalendar(rows)
		if err != nil {
			return nil, w.failure(err)
		}
		return &feed{"text/calendar; charset=utf-8", `inline; filename="follow-ups.ics"`, text}, nil
	})
}

func (w *Worker) feedRows(ctx context.Context, in feedFilter) ([]followUpView, error) {
	page, err := w.listFollowUps(ctx, followUpFilter{Status: in.Status, Assignee: in.Assignee, Incident: in.Incident, Paging: Paging{Limit: feedSize}})
	return page.Items, err
}

func followUpsCSV(rows []followUpView) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	_ = out.Write([]string{"id", "incident", "incident_title", "kind", "status", "due_at", "helpdesk", "ticket_id", "ticket_ids",
		"assignee", "reminders", "next_reminder_at", "ended_at", "decided_by", "reason"}) // a bytes.Buffer takes everything
	for _, f := range rows {
		_ = out.Write([]string{f.ID, cell(f.Incident), cell(f.IncidentTitle), f.Kind, f.Status, f.DueAt.Format(time.RFC3339), f.Helpdesk,
			cell(f.TicketID), cell(strings.Join(f.TicketIDs, " ")), cell(f.Assignee), strconv.Itoa(f.Reminders), stamp(f.NextReminder), stamp(f.EndedAt),
			cell(f.DecidedBy), cell(f.Reason)})
	}
	out.Flush()
	return b.Bytes()
}

// cell keeps a spreadsheet from taking text for a formula
// (https://owasp.org/www-community/attacks/CSV_Injection).
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// followUpsCalendar has an event for each open follow-up, at the time when it
// is due. Its UID stays, so that a calendar moves what was put off.
func (w *Worker) followUpsCalendar(rows []followUpView) ([]byte, error) {
	c := ical.NewCalendar()
	c.Props.SetText(ical.PropVersion, "2.0")
	c.Props.SetText(ical.PropProductID, calendarProduct)
	for _, f := range rows {
		if f.EndedAt == nil && f.Status != "done" && f.Status != "cancelled" {
			c.Children = append(c.Children, w.followUpEvent(f).Component)
		}
	}
	if len(c.Children) == 0 {
		return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" + calendarProduct + "\r\nEND:VCALENDAR\r\n"), nil // which go-ical refuses to write
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(c); err != nil {
		return nil, fmt.Errorf("write follow-ups as a calendar: %w", err)
	}
	return b.Bytes(), nil
}

func (w *Worker) followUpEvent(f followUpView) *ical.Event {
	at := f.DueAt
	if f.SnoozedUntil != nil && f.SnoozedUntil.After(at) {
		at = *f.SnoozedUntil
	}
	e := ical.NewEvent()
	e.Props.SetText(ical.PropUID, "follow-up-"+f.ID+"@ticketlink")
	e.Props.SetDateTime(ical.PropDateTimeStamp, w.now())
	e.Props.SetDateTime(ical.PropDateTimeStart, at.UTC())
	e.Props.SetDateTime(ical.PropDateTimeEnd, at.UTC().Add(15*time.Minute))
	e.Props.SetText(ical.PropSummary, fmt.Sprintf("%s: %s, ticket %s", f.Incident, strings.ReplaceAll(f.Kind, "_", " "), f.TicketID))
	description := f.IncidentTitle + "\n" + f.Reason
	if h, ok := w.helpdesks[f.Helpdesk]; ok && h.TicketURL != nil {
		for _, id := range f.TicketIDs {
			description += "\n" + h.TicketURL(id)
		}
	}
	e.Props.SetText(ical.PropDescription, description)
	return e
}
