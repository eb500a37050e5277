package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify"
	"github.com/ticketlink/ticketlink/integrations/oncall"
	"github.com/ticketlink/ticketlink/worker/config"
)

type doctorCommand struct{}

func (doctorCommand) Help() string {
	return `Checks everything that serve needs and says what to do about what fails. Sends
nothing to anybody. Exits with 1 if any check fails.`
}

// checkTimeout bounds each check.
const checkTimeout = 30 * time.Second

func (doctorCommand) Run(ctx context.Context, c *cli) error {
	failures := 0
	report := func(what, found string, err error, cure string) {
		if err == nil {
			fmt.Printf("ok    %s: %s\n", what, found)
			return
		}
		failures++
		fmt.Printf("FAIL  %s: %v\n      -> %s\n", what, err, cure)
	}
	conf, log, err := c.load()
	report("configuration", "is valid", err, "mend the lines named above, then run doctor again")
	if err != nil {
		return errFailed(failures)
	}
	var p parts
	defer func() {
		if err := p.close(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "close:", err)
		}
	}()
	err = within(ctx, func(ctx context.Context) error {
		return errors.Join(p.openDatabase(ctx, conf, log), pingDatabase(ctx, &p))
	})
	report("database", "answers", err, "check database_url and that the server runs; without database_url, install PostgreSQL")
	rules, unmet, err := checkRules(ctx, &p, conf)
	if rules != "" {
		report("matching rules", rules, err, "check the database")
	}
	for _, why := range unmet {
		fmt.Printf("warn  %s\n      -> check its spelling; nothing is wrong if there was none in the last 90 days\n", why)
	}
	found, err := pingRedis(ctx, conf)
	report("Redis", found, err, "check redis_url and that the server runs; without it nothing is lost, but everything is slower")
	found, err = checkCareful(ctx, &p, conf.Matching.CarefulStart)
	report("careful start", found, err, "check the database")
	checkOthers(ctx, &p, conf, report)
	return errFailed(failures)
}

// checkOthers reports on everybody whom the configuration names.
func checkOthers(ctx context.Context, p *parts, conf *config.Config, report func(what, found string, err error, cure string)) {
	for _, h := range conf.Helpdesks {
		found, err := checkHelpdesk(ctx, conf, h)
		report("helpdesk "+h.Name, found, err, cureOf(h, err))
	}
	for _, s := range conf.IncidentSources {
		found, err := checkSource(ctx, p, conf, s)
		report("incident source "+s.Name, found, err, "check the database; the source itself is not asked")
	}
	if conf.SignIn.OIDC != nil {
		err := within(ctx, openidClient(conf, clock).Check)
		report("sign-in", conf.SignIn.OIDC.Name+" answers", err, "check sign_in.oidc.issuer in the configuration; until it answers, only tokens let people in")
	}
	for _, s := range conf.Chat {
		found, err := checkChat(ctx, conf, s)
		report("chat "+s.Name, found, err, "check bot_token, the bot's scopes, and that the bot is installed")
	}
	for _, t := range conf.Notify {
		found, err := checkTarget(ctx, t, outbound(conf))
		report("notification target "+t.Name, found, err, "check its url in the configuration")
	}
	for _, o := range conf.FollowUp.OnCall {
		found, err := checkOnCall(ctx, o)
		report("on-call schedule "+o.Name, found, err, "check its calendar in the configuration; until it can be read, follow_up.notify is told")
	}
}

// checkOnCall reads the calendar and says whether somebody we can reach has duty.
func checkOnCall(ctx context.Context, o config.OnCall) (found string, err error) {
	calendar, err := oncall.New(o.Calendar.Reveal(), nil)
	if err != nil {
		return "", err
	}
	err = within(ctx, func(ctx context.Context) error {
		text, err := calendar.Fetch(ctx)
		if err != nil {
			return err
		}
		names, err := calendar.OnDuty(text, clock())
		people, known := lowered(o.People), 0
		for _, name := range names {
			if people[strings.ToLower(name)] != "" {
				known++
			}
		}
		found = fmt.Sprintf("is readable; %d of the %d names on duty now are among people", known, len(names))
		return err
	})
	return found, err
}

func errFailed(n int) error {
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d checks failed", n)
}

func within(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return f(ctx)
}

func pingDatabase(ctx context.Context, p *parts) error {
	if p.database == nil {
		return nil // told already
	}
	return p.database.Ping(ctx)
}

func pingRedis(ctx context.Context, conf *config.Config) (string, error) {
	var p parts
	if conf.RedisURL == "" {
		return "embedded in serve", nil
	}
	if err := p.openRedis(conf, logger(conf)); err != nil {
		return "", err
	}
	client, ok := p.redis.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		return "", errors.New("redis_url is of a form that cannot be checked")
	}
	defer client.Close()
	return "answers", within(ctx, func(ctx context.Context) error { return client.Ping(ctx).Err() })
}

// checkHelpdesk asks who we are and what the rate limit leaves.
func checkHelpdesk(ctx context.Context, conf *config.Config, h config.Helpdesk) (found string, err error) {
	desk, err := connect(h, integrations.Line{Transport: outbound(conf).Transport(), Clock: clock})
	if err != nil {
		return "", err
	}
	err = within(ctx, func(ctx context.Context) (err error) {
		found, err = desk.client.Check(ctx)
		return err
	})
	if err == nil && h.WebhookSecret == "" {
		found += "; no webhook_secret, so its webhooks are refused: run ticketlink setup " + h.Kind
	}
	return found, err
}

func cureOf(h config.Helpdesk, err error) string {
	switch integrations.KindOf(err) {
	case integrations.Unauthorized:
		return helpdeskKinds[h.Kind].access
	case integrations.RateLimited:
		return "the account's requests are used up: wait, or find who else uses them"
	}
	return "check the helpdesk's url, the role of the user and the network"
}

func checkTarget(ctx context.Context, t config.Target, out integrations.Outbound) (string, error) {
	if _, note, err := ticketNote(t.URL.Reveal()); note {
		return "writes to the ticket itself, with the helpdesk's credentials", err
	}
	target, err := notify.New(t.Name, t.URL.Reveal(), notify.Options{Buttons: t.SigningSecret != "", Outbound: out})
	if err != nil {
		return "", err
	}
	return target.Check(ctx)
}
