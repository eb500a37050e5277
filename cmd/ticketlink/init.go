package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/first"
)

type initCommand struct {
	Helpdesk  []string `help:"Helpdesk, as kind=https://address; may be repeated." placeholder:"KIND=URL" sep:"none"`
	Source    []string `help:"Kind of incident source; may be repeated." placeholder:"KIND"`
	Chat      []string `help:"Chat for commands and impact: slack, or mattermost=https://address; may be repeated." placeholder:"KIND[=URL]" sep:"none"`
	Notify    []string `help:"Where reminders go: a URL in shoutrrr's form, or its scheme alone; may be repeated." placeholder:"URL" sep:"none"`
	PublicURL string   `help:"Where other systems reach this service." placeholder:"URL"`
	Timezone  string   `help:"Time zone of the business hours. Default: always open." placeholder:"ZONE"`
	Hours     string   `help:"Business hours, Monday to Friday." default:"09:00-18:00" placeholder:"FROM-TO"`
	Database  string   `help:"PostgreSQL: embedded or own." enum:"embedded,own" default:"embedded"`
	Redis     string   `help:"Redis: embedded or own." enum:"embedded,own" default:"embedded"`
	Yes       bool     `short:"y" help:"Ask nothing."`
	Force     bool     `help:"Overwrite files that are there."`
}

func (initCommand) Help() string {
	return `Writes a configuration (ticketlink.yaml, or what --config names) and beside it the
list of secrets to fill in, and says what to do next. With --helpdesk, --source,
--chat, --notify or --yes it asks nothing.

Examples:
  ticketlink init
  ticketlink init --helpdesk zendesk=https://acme.zendesk.com --source alertmanager --notify slack --yes`
}

func (i initCommand) Run(c *cli) error {
	choices, err := i.choices()
	if err != nil {
		return err
	}
	file, err := first.Write(choices)
	if err != nil {
		return err
	}
	name := cmp.Or(c.Config, "ticketlink.yaml")
	secrets := strings.TrimSuffix(name, filepath.Ext(name)) + ".env"
	if err := i.write(map[string]string{name: file.Text, secrets: file.Environment()}); err != nil {
		return err
	}
	tellNext(shown(name), shown(secrets), choices, file)
	return nil
}

func (i initCommand) choices() (first.Choices, error) {
	helpdesks, sources := slices.Sorted(maps.Keys(helpdeskKinds)), slices.Sorted(maps.Keys(sourceKinds))
	if !i.Yes && len(i.Helpdesk)+len(i.Source)+len(i.Chat)+len(i.Notify) == 0 {
		return first.Dialog{In: bufio.NewScanner(os.Stdin), Out: os.Stdout}.Ask(helpdesks, sources)
	}
	c := first.Choices{PublicURL: i.PublicURL, OwnDatabase: i.Database == "own", OwnRedis: i.Redis == "own"}
	for _, h := range i.Helpdesk {
		kind, address, _ := strings.Cut(h, "=")
		if !slices.Contains(helpdesks, kind) {
			return c, fmt.Errorf("--helpdesk %s: expected one of %s, then = and its address", h, strings.Join(helpdesks, ", "))
		}
		if err := first.CheckURL(address); err != nil {
			return c, fmt.Errorf("--helpdesk %s: %w", kind, err)
		}
		c.AddHelpdesk(kind, address)
	}
	for _, kind := range i.Source {
		if !slices.Contains(sources, kind) {
			return c, fmt.Errorf("--source %s: expected one of %s", kind, strings.Join(sources, ", "))
		}
		c.AddSource(kind)
	}
	for _, chat := range i.Chat {
		kind, address, _ := strings.Cut(chat, "=")
		if err := c.AddChat(kind, address); err != nil {
			return c, fmt.Errorf("--chat: %w", err)
		}
	}
	for _, address := range i.Notify {
		if err := c.AddTarget(address); err != nil {
			return c, fmt.Errorf("--notify: %w", err)
		}
	}
	var err error
	c.Hours, err = first.ParseHours(i.Timezone, i.Hours)
	return c, err
}

// write writes both files or none.
func (i initCommand) write(files map[string]string) error {
	for name := range files {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) && !i.Force {
			return fmt.Errorf("%s is there already: --force overwrites it", name)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := os.Chmod(name, 0o600); err != nil { // one that was there may be open to others
			return fmt.Errorf("close %s to others: %w", name, err)
		}
	}
	return nil
}

// shown is a path as people would type it here.
func shown(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

func tellNext(name, secrets string, c first.Choices, f first.File) {
	fmt.Printf("%s is the configuration, %s the secrets it needs.\n\n", name, secrets)
	if missing := f.Missing(); len(missing) > 0 {
		fmt.Printf("Fill in, in %s:\n", secrets)
		for _, v := range missing {
			fmt.Printf("  %s: %s\n", v.Name, v.Hint)
		}
		fmt.Println()
	}
	fmt.Println("Then:")
	fmt.Printf("  set -a; . %s; set +a\n", dotted(secrets))
	if c.PublicURL == "" && len(c.Helpdesks) > 0 {
		fmt.Println("  # setup needs public_url in the configuration; until then polling does the work")
	}
	for _, h := range c.Helpdesks {
		fmt.Printf("  ticketlink setup %s --helpdesk %s --config %s --show-secret\n", h.Kind, h.Name, name)
	}
	fmt.Printf("  ticketlink doctor --config %s\n  ticketlink serve --config %s\n", name, name)
}

// dotted is a path that the shell's . does not look for elsewhere.
func dotted(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return "./" + path
}
