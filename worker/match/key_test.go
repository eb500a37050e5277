package match

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var testKey = Key("0123456789abcdef0123456789abcdef")

// hidden is the same world as it is kept without anybody's text.
func (w world) hidden() world {
	tickets := slices.Clone(w.tickets)
	for i, t := range tickets {
		t.Words, t.Locale = testKey.Words(t.Subject+"\n"+t.Body, t.Locale)
		t.Subject, t.Body = "", ""
		tickets[i] = t
	}
	return world{tickets, w.incidents, w.members}
}

// rounding is how far rounded reasons that are grouped differently may be apart,
// in log-odds: words that stay unsaid are summed up with others.
const rounding = 0.005

// What is linked, how surely, and how much each kind of reason weighs is the
// same with and without the text.
func TestHashedWordsMatchAsTextDoes(t *testing.T) {
	w := newWorld(3, 24)
	w.add("de", noon.Add(50*time.Minute), "Die Zahlung ist fehlgeschlagen und wird abgelehnt", "payments")
	keyed := DefaultPolicy()
	keyed.Key = testKey
	readable := w.corpus(DefaultPolicy()).Match(w.query())
	for name, hashed := range map[string]world{"hashed": w.hidden(), "not hashed yet": w} {
		links := hashed.corpus(keyed).Match(w.query())
		if len(links) != len(readable) || len(links) < 24 {
			t.Fatalf("%s: %d links, with text %d", name, len(links), len(readable))
		}
		for i, want := range readable {
			got := links[i]
			if got.TicketID != want.TicketID || got.IncidentID != want.IncidentID || got.State != want.State ||
				math.Abs(got.LogOdds-want.LogOdds) > rounding {
				t.Errorf("%s: %s is %v, with text %v", name, got.TicketID, got, want)
			}
		}
		if diff := cmp.Diff(reasonWeights(readable), reasonWeights(links), cmpopts.EquateApprox(0, rounding)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// reasonWeights sums up reasons by ticket and kind.
func reasonWeights(links []Link) map[string]float64 {
	sums := map[string]float64{}
	for _, l := range links {
		for _, e := range l.Evidence {
			sums[l.TicketID+" "+e.Kind] += e.Weight
		}
	}
	return sums
}

// Only words of incidents are read in reasons: those that customers alone used
// are in no text that comes out.
func TestHashedWordsAreNotSaid(t *testing.T) {
	keyed := DefaultPolicy()
	keyed.Key = testKey
	w := newWorld(3, 24).hidden()
	c := w.corpus(keyed)
	said := fmt.Sprint(c.Match(w.query()))
	for i := range 12 {
		c.Put(Ticket{ID: fmt.Sprint("rise", i), CreatedAt: noon.Add(47*time.Hour + time.Duration(i)*time.Minute), Subject: "Flibbertigibbet"})
	}
	surges := c.Surges(nil, noon.Add(48*time.Hour))
	if len(surges) != 1 || !surges[0].Unsaid() || len(surges[0].Term) != 17 {
		t.Fatalf("a rise of an unknown word is told as %v, want # and its hash", surges)
	}
	c.Put(Ticket{ID: "beside", CreatedAt: noon.Add(47*time.Hour + 6*time.Minute), Subject: "Gobbledegook"})
	incident := Incident{ID: "rise", Title: "Customers report the same trouble", Keywords: []string{surges[0].Term}, StartedAt: surges[0].Onset}
	links := c.Match(Query{Targets: []Incident{incident}, Policy: keyed, Now: noon.Add(48 * time.Hour)})
	for _, ticket := range []string{"rise3", "beside"} {
		if l, _ := find(links, ticket, "rise"); (l.State == Auto) != (ticket == "rise3") {
			t.Errorf("declared of the rise, ticket %s is %q at %.2f", ticket, l.State, l.Confidence)
		}
	}
	if got := NewIndex([]Incident{incident}, keyed).Candidates(Ticket{ID: "next", CreatedAt: noon.Add(48 * time.Hour), Subject: "Flibbertigibbet"}); len(got) != 1 {
		t.Errorf("the next ticket leads to %v", got)
	}
	said += fmt.Sprint(surges)
	for word, want := range map[string]bool{"checkout": true, "forever": false, "help": false, "libbertigibbet": false} {
		if strings.Contains(said, word) != want {
			t.Errorf("%q is said: %v, want %v", word, !want, want)
		}
	}
}

// Candidates finds by hashes what it finds by words.
func TestCandidatesByHashes(t *testing.T) {
	keyed := DefaultPolicy()
	keyed.Key = testKey
	w := newWorld(1, 10)
	plain, hashed := NewIndex(w.incidents, DefaultPolicy()), NewIndex(w.incidents, keyed)
	for i, ticket := range w.hidden().tickets {
		if diff := cmp.Diff(plain.Candidates(w.tickets[i]), hashed.Candidates(ticket)); diff != "" {
			t.Errorf("%s: %s", w.tickets[i].Subject, diff)
		}
	}
}

// Another key makes other hashes, and the order of words does not matter.
func TestKeyedHashes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[b-df-hj-np-tv-z]{5,9}`), 1, 20).Draw(t, "words")
		shuffled := rapid.Permutation(words).Draw(t, "shuffled")
		hashes, lang := testKey.Words(strings.Join(words, " "), "en")
		again, _ := testKey.Words(strings.Join(shuffled, " "), "en")
		other, _ := Key("another").Words(strings.Join(words, " "), "en")
		if !slices.Equal(hashes, again) || lang != "en" || slices.ContainsFunc(hashes, func(h int64) bool { return slices.Contains(other, h) }) {
			t.Errorf("%v, shuffled %v, under another key %v (%s)", hashes, again, other, lang)
		}
	})
}
