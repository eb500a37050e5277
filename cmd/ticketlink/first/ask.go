package first

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/worker/config"
)

// A Dialog asks on a terminal, a line at a time.
type Dialog struct {
	In  *bufio.Scanner
	Out io.Writer
}

var errNoAnswer = errors.New("the answers ended before the questions did; give --yes to be asked nothing")

// ask repeats a question until the answer is accepted. An empty answer is the
// default.
func (d Dialog) ask(question, fallback string, accept func(string) error) error {
	for {
		fmt.Fprint(d.Out, question)
		if fallback != "" {
			fmt.Fprintf(d.Out, " [%s]", fallback)
		}
		fmt.Fprint(d.Out, ": ")
		if !d.In.Scan() {
			return cmp.Or(d.In.Err(), errNoAnswer)
		}
		err := accept(cmp.Or(strings.TrimSpace(d.In.Text()), fallback))
		if err == nil {
			return nil
		}
		fmt.Fprintln(d.Out, " ", err)
	}
}

// Ask asks what somebody uses. The kinds are those that this version speaks.
func (d Dialog) Ask(helpdesks, sources []string) (c Choices, err error) {
	steps := []func() error{
		func() error { return d.askHelpdesk(&c, helpdesks) },
		func() error {
			return d.ask("What tells of incidents, several with commas ("+strings.Join(sources, ", ")+", none)", "none", func(s string) error {
				kinds, err := several(s, sources)
				for _, kind := range kinds {
					c.AddSource(kind)
				}
				return err
			})
		},
		func() error { return d.askChat(&c) },
		func() error {
			question := "Where do reminders go (a shoutrrr URL, or " + strings.Join(TargetSchemes(), ", ") + ", none)"
			return d.ask(question, "none", func(s string) error {
				if s == "none" {
					return nil
				}
				return c.AddTarget(s)
			})
		},
		func() error { return d.askHours(&c) },
		func() error {
			return d.ask("Where do other systems reach this service (https://…, none)", "none", func(s string) error {
				if s == "none" {
					return nil
				}
				c.PublicURL = s
				return CheckURL(s)
			})
		},
		func() error { return d.askOwn("PostgreSQL", &c.OwnDatabase) },
		func() error { return d.askOwn("Redis", &c.OwnRedis) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (d Dialog) askHelpdesk(c *Choices, kinds []string) error {
	kind := ""
	err := d.ask("Which helpdesk do you use ("+strings.Join(kinds, ", ")+", none)", "zendesk", func(s string) error {
		kind = s
		_, err := several(s, kinds)
		return err
	})
	if err != nil || kind == "none" {
		return err
	}
	fallback := ""
	if kind == config.Helpscout {
		fallback = addresses[kind]
	}
	return d.ask("Its address, like "+addresses[kind], fallback, func(s string) error {
		if err := CheckURL(s); err != nil {
			return err
		}
		c.AddHelpdesk(kind, s)
		return nil
	})
}

func (d Dialog) askChat(c *Choices) error {
	kind, known := "", []string{config.Slack, config.Mattermost}
	err := d.ask("Where do people give commands like /incident ("+strings.Join(known, ", ")+", none)", "none", func(s string) error {
		kind = s
		_, err := several(s, known)
		return err
	})
	switch {
	case err != nil || kind == "none":
		return err
	case kind == config.Slack:
		return c.AddChat(kind, "")
	}
	return d.ask("Its address, like https://chat.example.com", "", func(s string) error { return c.AddChat(kind, s) })
}

func (d Dialog) askHours(c *Choices) error {
	zone := ""
	err := d.ask("Time zone of your business hours (like Europe/Madrid; none: always open)", "none", func(s string) error {
		if s == "none" {
			return nil
		}
		zone = s
		_, err := ParseHours(s, "00:00-24:00")
		return err
	})
	if err != nil || zone == "" {
		return err
	}
	return d.ask("Hours on Monday to Friday", "09:00-18:00", func(s string) (err error) {
		c.Hours, err = ParseHours(zone, s)
		return err
	})
}

func (d Dialog) askOwn(what string, own *bool) error {
	return d.ask("Use the embedded "+what+", or your own (embedded, own)", "embedded", func(s string) error {
		*own = s == "own"
		_, err := several(s, []string{"embedded", "own"})
		return err
	})
}

// several reads words separated by commas, each one of the known; "none" is none.
func several(text string, known []string) ([]string, error) {
	var words []string
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if word == "none" || word == "" {
			continue
		}
		if !slices.Contains(known, word) {
			return nil, fmt.Errorf("%q is not known; expected %s", word, strings.Join(known, ", "))
		}
		words = append(words, word)
	}
	return words, nil
}
