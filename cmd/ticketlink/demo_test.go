package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/demo"
)

// The demo on the real service, told fast. What it says comes from the
// service's answers and from what reached the helpdesk and the target.
func TestDemoTellsOneIncidentsLife(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if err := (demoCommand{Speed: 20, Once: true, out: &out}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	story := out.String()
	t.Log(story)
	for fact, least := range map[string]int{
		`INC-1: (\d+) tickets linked`:                            10,
		`(\d+) of the linked came before the alarm`:              5,
		`INC-2: \d+ tickets linked and (\d+) suggested`:          1,
		`Grace confirmed (\d+) of INC-2`:                         1,
		`(\d+) customers must hear within an hour`:               20,
		`(\d+) to give a first reply`:                            1,
		`(\d+) to tell customers that it is over`:                1,
		`(\d+) of \d+ customers have heard back\. The last`:      20,
		`tags .*(1)\n.*note`:                                     1, // incident_INC-1
		`INC-1 .*\n +(\d+) tickets of \d+ customers in`:          30,
		`(\d+) of \d+ linked tickets are really about`:           30,
		`#support  INC-1: tell the customer .* \(ticket (\d+)\)`: 1,
		`#support  INC-1: give a first reply .*\(ticket (\d+)\)`: 1,
	} {
		found := regexp.MustCompile(fact).FindStringSubmatch(story)
		if found == nil {
			t.Errorf("nothing says %q", fact)
			continue
		}
		if n, _ := strconv.Atoi(found[1]); n < least {
			t.Errorf("%q, want at least %d", found[0], least)
		}
	}
	for line := range strings.Lines(story) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > demo.Columns || strings.Contains(line, "\x1b") {
			t.Errorf("too wide, or not plain: %q", line)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDemoRefusesToStandStill(t *testing.T) {
	if err := (demoCommand{}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "--speed") {
		t.Errorf("got %v, want it to name --speed", err)
	}
}
