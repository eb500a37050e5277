package offline

import (
	"fmt"
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
}

// Bench measures what matching costs on made-up tickets.
func Bench(o BenchOptions) BenchReport {
	if o.Tickets == 0 {
		o.Tickets = 200_000
	}
	if o.Incidents == 0 {
		o.Incidents = 60
	}
	return BenchReport{benchIndex(o), benchMonth(o)}
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
func benchIndex(o BenchOptions) (costs []TicketCost) {
	var fields []*openIncidents
	for _, n := range []int{10, 1_000, 10_000} {
		fields = append(fields, newOpenIncidents(n, o.Seed))
	}
	for range benchRuns {
		for _, f := range fields {
			f.cost = min(f.cost, perTicket(f.tickets, func(t match.Ticket) { _ = f.index.Candidates(t) }))
		}
	}
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

func benchMonth(o BenchOptions) MonthCost {
	m := &maker{rand.New(rand.NewPCG(o.Seed, 2)), 300}
	c := match.NewCorpus(match.DefaultPolicy())
	cost := MonthCost{Tickets: o.Tickets, Incidents: o.Incidents}
	before := heap()
	cost.Read = took(func() {
		for i := range o.Tickets {
			c.Put(m.ticket(i, o.Tickets))
		}
	})
	cost.Corpus = heap() - before
	incidents := make([]match.Incident, o.Incidents)
	for i := range incidents {
		incidents[i] = m.incident(i, benchStart.Add(time.Duration(i+1)*28*24*time.Hour/time.Duration(o.Incidents+1)))
	}
	run := &matcher{opts: MatchOptions{Policy: match.DefaultPolicy()}, corpus: c, incidents: incidents, bar: &bar{}}
	now := benchStart.Add(30 * 24 * time.Hour)
	cost.Match = took(func() {
		for i := 0; i < len(incidents); i += batch {
			cost.Links += len(c.Match(run.query(incidents[i:min(i+batch, len(incidents))], incidents, now)))
		}
	})
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	cost.Peak = int64(mem.Sys)
	cost.One = took(func() { _ = c.Match(match.Query{Targets: incidents[:1], Policy: match.DefaultPolicy(), Now: now}) })
	cost.Naive = naive(c, incidents, now)
	return cost
}

// naiveIncidents is how many incidents the naive way is measured on.
const naiveIncidents = 3

// naive scores every ticket of the month for each incident, one incident after
// the other, and says what all would take.
func naive(c *match.Corpus, incidents []match.Incident, now time.Time) time.Duration {
	some := slices.Clone(incidents[:min(naiveIncidents, len(incidents))])
	one := took(func() {
		for _, inc := range some {
			inc.StartedAt, inc.ResolvedAt = benchStart, time.Time{}
			_ = c.Match(match.Query{Targets: []match.Incident{inc}, Policy: match.DefaultPolicy(), Now: now})
		}
	})
	return one * time.Duration(len(incidents)) / time.Duration(len(some))
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
