package zendesk

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/ticketlink/ticketlink/integrations"
)

// checkClean says what must hold for every ticket that a decoder returns.
func checkClean(t interface{ Fatalf(string, ...any) }, ticket integrations.Ticket) {
	if ticket.ID != "" && !digits(ticket.ID) {
		t.Fatalf("ticket id %q", ticket.ID)
	}
	for _, s := range append(slices.Clone(ticket.Tags), ticket.Subject, ticket.Description, ticket.Status, ticket.RequesterID) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b") {
			t.Fatalf("unclean text %q", s)
		}
	}
	if len(ticket.Subject) > integrations.MaxSubject || len(ticket.Description) > integrations.MaxText || len(ticket.Tags) > integrations.MaxTags {
		t.Fatalf("over the limits: subject %d, text %d, tags %d", len(ticket.Subject), len(ticket.Description), len(ticket.Tags))
	}
	for _, at := range []time.Time{ticket.CreatedAt, ticket.UpdatedAt, ticket.GeneratedAt} {
		if _, err := at.MarshalJSON(); err != nil || at.Location() != time.UTC {
			t.Fatalf("time %v: %v", at, err)
		}
	}
	if slices.Compare(ticket.Tags, integrations.FoldTags(ticket.Tags)) != 0 {
		t.Fatalf("tags are not folded: %q", ticket.Tags)
	}
}

// An id is the same whether a helpdesk sends it as a number or as text, with
// padding or without, and however large it is.
func TestIDsHaveOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[1-9][0-9]{0,40}`).Draw(t, "digits")
		padded := strings.Repeat("0", rapid.IntRange(0, 3).Draw(t, "zeros")) + digits
		for _, raw := range []string{digits, fmt.Sprintf("%q", digits), fmt.Sprintf("%q", padded), fmt.Sprintf("%q", " "+digits)} {
			var id ident
			if err := json.Unmarshal([]byte(raw), &id); err != nil || string(id) != digits {
				t.Fatalf("%s became %q (%v)", raw, id, err)
			}
		}
		n, _ := new(big.Int).SetString(digits, 10)
		if normalID(n.String()) != n.String() {
			t.Fatalf("%v became %q", n, normalID(n.String()))
		}
	})
}

func TestNormalIDIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := normalID(rapid.String().Draw(t, "id"))
		if twice := normalID(once); twice != once {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}

func TestIDs(t *testing.T) {
	for raw, want := range map[string]ident{
		`null`: "", `""`: "", `"0"`: "", `0`: "", `"000"`: "", `{}`: "", `[]`: "", `-0`: "",
		`35`: "35", `"35"`: "35", `-1`: "-1", `1.4e13`: "14000000000000", `35.0`: "35",
		`46406145565073`:         "46406145565073",
		`9223372036854775807`:    "9223372036854775807",
		`99999999999999999999`:   "99999999999999999999",
		`"99999999999999999999"`: "99999999999999999999",
	} {
		var id ident
		if err := json.Unmarshal([]byte(raw), &id); err != nil || id != want {
			t.Errorf("%s: got %q (%v), want %q", raw, id, err, want)
		}
	}
}

// Tags are one set, whether they come as a list or as a trigger's text.
func TestTagsHaveOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[A-Za-zÄé0-9_-]{1,12}`)).Draw(t, "tags")
		list, _ := json.Marshal(words)
		line, _ := json.Marshal(strings.Join(words, " "))
		var a, b tags
		if json.Unmarshal(list, &a) != nil || json.Unmarshal(line, &b) != nil {
			t.Fatal("tags were refused")
		}
		if !slices.Equal(a.fold(), b.fold()) || !slices.Equal(a.fold(), integrations.FoldTags(words)) {
			t.Fatalf("%q became %q and %q", words, a.fold(), b.fold())
		}
	})
}

func TestTimes(t *testing.T) {
	for raw, want := range map[string]string{
		`"2026-03-04T12:00:00Z"`:                "2026-03-04T12:00:00Z",
		`"2026-03-04T14:30:00.123456789+02:30"`: "2026-03-04T12:00:00.123456789Z",
		`"2026-03-04T04:00:00-0800"`:            "2026-03-04T12:00:00Z",
		`"2026-03-04T12:00Z"`:                   "2026-03-04T12:00:00Z",
		`"2026-03-04 13:00:00 +0100"`:           "2026-03-04T12:00:00Z",
		`1772625600`:                            "2026-03-04T12:00:00Z",
		`"9999-12-31T23:59:59-14:00"`:           "9999-12-31T23:59:59Z",
		`999999999999`:                          "9999-12-31T23:59:59Z",
		`"0001-01-01T00:00:00+14:00"`:           "0001-01-01T00:00:00Z",
		`null`:                                  "0001-01-01T00:00:00Z", `"soon"`: "0001-01-01T00:00:00Z", `1e300`: "0001-01-01T00:00:00Z",
		`{}`: "0001-01-01T00:00:00Z", `true`: "0001-01-01T00:00:00Z",
	} {
		var m moment
		if err := json.Unmarshal([]byte(raw), &m); err != nil || m.Format(time.RFC3339Nano) != want {
			t.Errorf("%s: got %v (%v), want %s", raw, m.Time, err, want)
		}
	}
}
