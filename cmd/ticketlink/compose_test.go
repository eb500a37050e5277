package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ticketlink/ticketlink/worker/config"
)

// composeDefault is a Compose variable with its default, as in ${NAME:-default}.
var composeDefault = regexp.MustCompile(`\$\{\w+:-([^}]*)\}`)

func TestComposeFileConfiguresTicketlink(t *testing.T) {
	b, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct{ Environment map[string]string }
		Configs  map[string]struct{ Content string }
	}
	if err := yaml.Unmarshal(composeDefault.ReplaceAll(b, []byte("$1")), &file); err != nil {
		t.Fatal(err)
	}
	env := file.Services["ticketlink"].Environment
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	read := func(string) ([]byte, error) {
		return []byte(strings.ReplaceAll(file.Configs["ticketlink"].Content, "$$", "$")), nil
	}
	c, err := config.Load(env["TICKETLINK_CONFIG"], lookup, read)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 || len(c.Helpdesks) != 1 || len(c.Tokens()) != 1 {
		t.Errorf("warnings %v, %d helpdesks, %d tokens; want none, 1, 1", c.Warnings, len(c.Helpdesks), len(c.Tokens()))
	}
}
