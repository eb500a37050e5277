package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify"
	"github.com/ticketlink/ticketlink/integrations/oncall"
	"github.com/ticketlink/ticketlink/integrations/slack"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/followup"
)

// reminding builds whom reminders go to and how they are put.
func reminding(c *config.Config, now func() time.Time, log *slog.Logger) (worker.Reminding, []worker.Target, error) {
	r := worker.Reminding{
		Routes: followup.Routes{Agents: lowered(c.FollowUp.Agents), Groups: lowered(c.FollowUp.Groups),
			Default: c.FollowUp.Notify, Escalate: c.FollowUp.Escalate},
		DigestAbove: c.FollowUp.DigestAbove, Quiet: map[string]*followup.Hours{}, Wordings: map[string]*followup.Wording{},
		TicketNotes: map[string]string{}, Buttons: map[string]worker.Buttons{},
	}
	var err error
	if r.Wording, err = wording(c.FollowUp.Templates, c.FollowUp.Language); err != nil {
		return r, nil, err
	}
	var targets []worker.Target
	for _, t := range c.Notify {
		target, err := notificationTarget(&r, t, outbound(c), now, log)
		if err != nil {
			return r, nil, err
		}
		if target != nil {
			targets = append(targets, target)
		}
	}
	for _, o := range c.FollowUp.OnCall {
		calendar, err := oncall.New(o.Calendar.Reveal(), outbound(c).Transport())
		if err != nil {
			return r, nil, fmt.Errorf("on-call schedule %s: %w", o.Name, err)
		}
		r.OnCall = append(r.OnCall, worker.OnCall{Name: o.Name, Calendar: calendar, Refresh: o.Refresh, People: lowered(o.People)})
	}
	return r, targets, nil
}

// notificationTarget builds one target and notes what is particular to it. A
// note on the ticket is none of its own: the helpdesk takes it.
func notificationTarget(r *worker.Reminding, t config.Target, out integrations.Outbound, now func() time.Time, log *slog.Logger) (worker.Target, error) {
	var err error
	if r.Quiet[t.Name], err = hours(t.QuietHours); err != nil {
		return nil, fmt.Errorf("notification target %s: quiet_hours: %w", t.Name, err)
	}
	if t.Language != "" {
		if r.Wordings[t.Name], err = followup.NewWording(t.Language, ""); err != nil {
			return nil, fmt.Errorf("notification target %s: %w", t.Name, err)
		}
	}
	if tag, note, err := ticketNote(t.URL.Reveal()); note || err != nil {
		r.TicketNotes[t.Name] = tag
		return nil, err
	}
	if t.SigningSecret != "" {
		r.Buttons[t.Name] = slackButtons(t.SigningSecret.Reveal(), out)
	}
	target, err := notify.New(t.Name, t.URL.Reveal(), notify.Options{Log: log, Clock: now, Buttons: t.SigningSecret != "", Outbound: out})
	if err != nil {
		return nil, fmt.Errorf("notification target %s: %w", t.Name, err)
	}
	return target, nil
}

// ticketNote reads ticket://note?tag=name.
func ticketNote(target string) (tag string, note bool, err error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "ticket" {
		return "", false, nil // notify says what is wrong with it
	}
	if u.Host != "note" {
		return "", true, fmt.Errorf("a ticket:// target must be ticket://note or ticket://note?tag=name")
	}
	return u.Query().Get("tag"), true, nil
}

func slackButtons(secret string, out integrations.Outbound) worker.Buttons {
	out.PublicOnly = true // Slack names the address to answer to
	client := &http.Client{Transport: out.Transport()}
	return func(header http.Header, body []byte, now time.Time) (worker.Press, error) {
		if err := slack.Verify(secret, header, body, now); err != nil {
			return worker.Press{}, err
		}
		p, err := slack.Decode(body)
		return worker.Press{Action: p.Action, FollowUp: p.Value, By: p.By, Answer: func(ctx context.Context, text string) error {
			return slack.Respond(ctx, client, p.ResponseURL, text)
		}}, err
	}
}

// wording reads a language's words and the team's own templates, "" for none.
func wording(file, language string) (*followup.Wording, error) {
	var own []byte
	if file != "" {
		var err error
		if own, err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("follow_up.templates: %w", err)
		}
	}
	w, err := followup.NewWording(language, string(own))
	if err != nil && file != "" {
		err = fmt.Errorf("follow_up.templates: %s: %w", file, err)
	}
	return w, err
}

// lowered is a map whose keys are e-mail addresses, names and ids in any case.
func lowered(m map[string]string) map[string]string {
	low := map[string]string{}
	for key, value := range m {
		low[strings.ToLower(key)] = value
	}
	return low
}
