package offline

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// BenchOptions size the benchmark; zero values are the goals' sizes.
type BenchOptions struct {
	Tickets   int // of one month, 200,000
	Incidents int // of that month, 60
	Seed      uint64
	Progress  io.Writer // nil: silent
}

// A BenchReport says what matching cost.
type BenchReport struct {
	PerTicket []TicketCost // by the number of open incidents
	Month     MonthCost
}

// A TicketCost is what one new ticket costs beside so many open incidents.
type TicketCost struct {
	Incidents   int
	Index, Loop time.Duration // through the index; comparing all of them
	Links       float64       // incidents found for a ticket
}

// A MonthCost is what a month of tickets costs against its incidents.
type MonthCost struct {
	Tickets, Incidents, Links int
	Read, Match               time.Duration
	Naive                     time.Duration // every ticket scored for every incident, extrapolated from a few
	One                       time.Duration // one incident, declared when the month is over
	Corpus, Peak              int64         // bytes: the tickets held; from the system at most
	MatchBytes, NaiveBytes    int64         // allocated
	FirstLook, Look           time.Duration // for surges: once a day with what goes with what; every minute
}

// Bench measures what matching costs on made-up tickets.
func Bench(o BenchOptions) BenchReport {
	if o.Tickets == 0 {
		o.Tickets = 200_000
	}
	if o.Incidents == 0 {
		o.Incidents = 60
	}
	b := &bar{w: o.Progress}
	return BenchReport{benchIndex(o, b), benchMonth(o, b)}
}

var benchStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// maker makes tickets and incidents up. Tags grow with the incidents, so that
// links per ticket stay the same.
type maker struct {
	rnd  *rand.Rand
	tags int
}

func (m *maker) tag() string { return fmt.Sprintf("feature%d", m.rnd.IntN(m.tags)) }

func (m *maker) ticket(i, of int) match.Ticket {
	words := make([]string, 25)
	for k := range words {
		// Squaring makes some words common and most rare, as in a language.
		x := m.rnd.Float64()
		words[k] = fmt.Sprintf("word%d", int(x*x*20_000))
	}
	at := benchStart.Add(time.Duration(float64(i) / float64(of) * float64(30*24*time.Hour)))
	return match.Ticket{ID: fmt.Sprint(i), CreatedAt: at, Subject: strings.Join(words[:5], " "), Body: strings.Join(words[5:], " "),
		Tags: []string{m.tag(), m.tag(), "web_form", "plan_team"}}
}

func (m *maker) incident(i int, at time.Time) match.Incident {
	return match.Incident{ID: fmt.Sprintf("INC-%d", i), Title: "errors in " + m.tag(), Services: []string{m.tag()},
		Tags: []string{m.tag(), m.tag()}, StartedAt: at, DeclaredAt: at.Add(10 * time.Minute), ResolvedAt: at.Add(2 * time.Hour)}
}

// The cost of one ticket is the best mean of so many, in so many turns.
const (
	benchTickets = 1000
	benchRuns    = 30
)

// A field of open incidents, with tickets that meet them.
type openIncidents struct {
	incidents []match.Incident
	tickets   []match.Ticket
	index     *match.Index
	cost      float64 // of one ticket, nanoseconds
}

func newOpenIncidents(n int, seed uint64) *openIncidents {
	m := &maker{rand.New(rand.NewPCG(seed, 1)), max(100, 30*n)}
	f := &openIncidents{incidents: make([]match.Incident, n), tickets: make([]match.Ticket, benchTickets), cost: math.Inf(1)}
	for i := range f.incidents {
		f.incidents[i] = m.incident(i, benchStart)
	}
	for i := range f.tickets {
		f.tickets[i] = m.ticket(i, benchTickets)
	}
	f.index = match.NewIndex(f.incidents, match.DefaultPolicy())
	return f
}

// benchIndex measures the sizes in turns and keeps the best of each, so that a
// busy machine hurts all of them alike.
func benchIndex(o BenchOptions, b *bar) (costs []TicketCost) {
	var fields []*openIncidents
	for _, n := range []int{10, 1_000, 10_000} {
		fields = append(fields, newOpenIncidents(n, o.Seed))
	}
	for turn := range benchRuns {
		b.step("new tickets beside open incidents, turn", turn+1, benchRuns)
		for _, f := range fields {
			f.cost = min(f.cost, perTicket(f.tickets, func(t match.Ticket) { _ = f.index.Candidates(t) }))
		}
	}
	b.done("new tickets beside open incidents, turn", benchRuns)
	for _, f := range fields {
		links := 0
		for _, t := range f.tickets {
			links += len(f.index.Candidates(t))
		}
		loop := perTicket(f.tickets[:20], func(t match.Ticket) { _ = loopCandidates(f.incidents, t) })
		costs = append(costs, TicketCost{len(f.incidents), time.Duration(f.cost), time.Duration(loop), float64(links) / benchTickets})
	}
	return costs
}

// perTicket is the time that f takes for one ticket, in nanoseconds.
func perTicket(tickets []match.Ticket, f func(match.Ticket)) float64 {
	began := time.Now()
	for _, t := range tickets {
		f(t)
	}
	return float64(time.Since(began)) / float64(len(tickets))
}

// loopCandidates is the same search without an index: every incident's tags
// and words are compared with the ticket's.
func loopCandidates(incidents []match.Incident, t match.Ticket) (ids []string) {
	text := strings.Fields(strings.ToLower(t.Subject + " " + t.Body))
	for _, inc := range incidents {
		hit := false
		for _, tag := range slices.Concat(inc.Tags, inc.Services) {
			hit = hit || slices.Contains(t.Tags, tag)
		}
		for _, word := range strings.Fields(inc.Title) {
			hit = hit || slices.Contains(text, word)
		}
		if hit {
			ids = append(ids, inc.ID)
		}
	}
	return ids
}

func benchMonth(o BenchOptions, b *bar) MonthCost {
	m := &maker{rand.New(rand.NewPCG(o.Seed, 2)), 300}
	c := match.NewCorpus(match.DefaultPolicy())
	cost := MonthCost{Tickets: o.Tickets, Incidents: o.Incidents}
	before := heap()
	cost.Read = took(func() {
		for i := range o.Tickets {
			c.Put(m.ticket(i, o.Tickets))
			b.step("tickets read", i+1, o.Tickets)
		}
	})
	b.done("tickets read", o.Tickets)
	cost.Corpus = heap() - before
	incidents := make([]match.Incident, o.Incidents)
	for i := range incidents {
		incidents[i] = m.incident(i, benchStart.Add(time.Duration(i+1)*28*24*time.Hour/time.Duration(o.Incidents+1)))
	}
	now := benchStart.Add(30 * 24 * time.Hour)
	run := &matcher{opts: MatchOptions{Policy: match.DefaultPolicy()}, corpus: c, incidents: incidents, bar: b}
	cost.MatchBytes = allocated(func() {
		cost.Match = took(func() {
			links, _ := run.all(context.Background(), now) // fails only when cancelled
			cost.Links = len(links)
		})
	})
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	cost.Peak = int64(mem.Sys)
	cost.One = took(func() { _ = c.Match(match.Query{Targets: incidents[:1], Policy: match.DefaultPolicy(), Now: now}) })
	cost.FirstLook = took(func() { _ = c.Surges(nil, now) })
	cost.Look = took(func() { _ = c.Surges(nil, now) })
	naive(c, incidents, now, &cost, b)
	return cost
}

// naiveIncidents is how many incidents the naive way is measured on.
const naiveIncidents = 3

// naive scores every ticket of the month for each incident, one incident after
// the other, and says what all would take.
func naive(c *match.Corpus, incidents []match.Incident, now time.Time, cost *MonthCost, b *bar) {
	some := slices.Clone(incidents[:min(naiveIncidents, len(incidents))])
	bytes := allocated(func() {
		cost.Naive = took(func() {
			for i, inc := range some {
				inc.StartedAt, inc.ResolvedAt = benchStart, time.Time{}
				_ = c.Match(match.Query{Targets: []match.Incident{inc}, Policy: match.DefaultPolicy(), Now: now})
				b.step("incidents matched naively", i+1, len(some))
			}
		})
	})
	b.done("incidents matched naively", len(some))
	all, few := len(incidents), len(some)
	cost.Naive, cost.NaiveBytes = cost.Naive*time.Duration(all)/time.Duration(few), bytes*int64(all)/int64(few)
}

// allocated is how many bytes f takes from the heap, given back or not.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

func took(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

func heap() int64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
