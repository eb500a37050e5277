package offline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A drawer makes streams that nobody has looked at out of the labelled sets:
// their ordinary tickets come at random by the hour of the week, their incidents
// at other times, thinner, and at another pace.
type drawer struct {
	ordinary  []match.Ticket
	incidents [][]match.Ticket // of at least 20 tickets
	hours     [7 * 24]float64  // 1 on average
	rnd       *rand.Rand
	stream
}

// A stream is what is replayed, and what each ticket belongs to.
type stream struct {
	tickets []match.Ticket
	truth   map[string]string
}

var surgeSets = []string{"standard", "concurrent", "late_declared", "untagged", "quiet"}

func newDrawer(t *testing.T) *drawer {
	t.Helper()
	d := &drawer{}
	for _, set := range surgeSets {
		s := readStream(t, set)
		members := map[string][]match.Ticket{}
		for _, k := range s.tickets {
			if id := s.truth[k.ID]; id != "" {
				members[id] = append(members[id], k)
				continue
			}
			d.ordinary = append(d.ordinary, k)
			d.hours[k.CreatedAt.Unix()/3600%(7*24)]++
		}
		ids := make([]string, 0, len(members))
		for id := range members {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			if len(members[id]) >= detectMembers {
				d.incidents = append(d.incidents, members[id])
			}
		}
	}
	for h := range d.hours {
		d.hours[h] *= float64(len(d.hours)) / float64(len(d.ordinary))
	}
	return d
}

// readStream reads a set in order of time.
func readStream(t *testing.T, set string) stream {
	t.Helper()
	dir, s := evalDir(t, set), stream{truth: map[string]string{}}
	err := eachLine(filepath.Join(dir, "tickets.jsonl.gz"), func(r ticketRecord) error {
		k, err := r.ticket(nil)
		s.tickets = append(s.tickets, k)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = eachLine(filepath.Join(dir, "labels.jsonl.gz"), func(l labelRecord) error {
		s.truth[l.TicketID.Text] = l.IncidentID.Text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// draw makes a stream of so many ordinary tickets a month and so many incidents
// from its fifth day on.
func (d *drawer) draw(seed uint64, month, weeks, incidents int) stream {
	d.rnd, d.stream = rand.New(rand.NewPCG(seed, 7)), stream{truth: map[string]string{}}
	start, day := time.Date(2026, 6, 4, 0, 0, 0, 0, time.UTC), 1.0 // the hours count from a Thursday
	for h := range weeks * 7 * 24 {
		if h%24 == 0 {
			day = math.Exp(0.12 * d.rnd.NormFloat64())
		}
		for range d.poisson(day * d.hours[h%(7*24)] * float64(month) / (30 * 24)) {
			d.put(d.ordinary[d.rnd.IntN(len(d.ordinary))], "", start.Add(time.Duration((float64(h)+d.rnd.Float64())*float64(time.Hour))))
		}
	}
	for i := range incidents {
		h := 0
		for range 100 { // more of them in busy hours
			h = 4*24 + d.rnd.IntN((weeks*7-5)*24)
			if 2.5*d.rnd.Float64() < d.hours[h%(7*24)]+0.15 {
				break
			}
		}
		d.incident(fmt.Sprintf("INC-%d", i), start.Add(time.Duration(h)*time.Hour))
	}
	slices.SortStableFunc(d.tickets, func(a, b match.Ticket) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return d.stream
}

// incident lasts between a quarter of an hour and three hours; its customers
// write half an hour late on average, one in ten much later.
func (d *drawer) incident(id string, began time.Time) {
	members := d.incidents[d.rnd.IntN(len(d.incidents))]
	lasts := 15 * math.Exp(2.4*d.rnd.Float64())
	n := detectMembers + d.rnd.IntN(len(members)-detectMembers+1)
	for _, k := range d.rnd.Perm(len(members))[:n] {
		lag := lasts*d.rnd.Float64() + 30*d.rnd.ExpFloat64()
		if d.rnd.Float64() < 0.1 {
			lag += 6 * 60 * d.rnd.ExpFloat64()
		}
		d.put(members[k], id, began.Add(time.Duration(lag*float64(time.Minute))))
	}
}

func (d *drawer) put(k match.Ticket, incident string, at time.Time) {
	k.ID, k.CreatedAt = fmt.Sprintf("%07d", len(d.tickets)), at.Truncate(time.Second)
	if k.OrganizationID != "" {
		k.OrganizationID = fmt.Sprint(d.rnd.IntN(500))
	}
	d.tickets, d.truth[k.ID] = append(d.tickets, k), incident
}

func (d *drawer) poisson(mean float64) (n int) {
	for sum := d.rnd.ExpFloat64(); sum < mean; sum += d.rnd.ExpFloat64() {
		n++
	}
	return n
}

// detection replays the stream as if nobody declared anything.
func (s stream) detection(t *testing.T) Detection {
	t.Helper()
	c, names := match.NewCorpus(match.DefaultPolicy()), map[string]ID{}
	w, j := watch{corpus: c}, &judge{truth: s.truth, tickets: map[string]ticketRecord{}}
	for i, k := range s.tickets {
		if i%2000 == 0 {
			c.Forget(k.CreatedAt.AddDate(0, 0, -30))
		}
		w.until(k.CreatedAt, names)
		names[k.ID] = ID{Text: k.ID}
		j.tickets[k.ID] = ticketRecord{CreatedAt: moment{k.CreatedAt}}
		c.Put(k)
		w.ticket(k.CreatedAt)
	}
	path := filepath.Join(t.TempDir(), "surges")
	writeLines(t, path, w.records)
	d, err := j.detection(path)
	if err != nil {
		t.Fatal(err)
	}
	return *d
}

// number reads a size from the environment, for longer looks than the gate's.
func number(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

// The bars hold on streams for which nothing was set. The gate's are short;
// for figures worth quoting:
//
//	DRAWN_STREAMS=6 DRAWN_MONTH=20000 DRAWN_WEEKS=5 DRAWN_INCIDENTS=14 go test -run Drawn -v
func TestSurgesOnDrawnStreams(t *testing.T) {
	d := newDrawer(t)
	var sets []Detection
	for seed := range number("DRAWN_STREAMS", 1) {
		s := d.draw(uint64(seed+number("DRAWN_SEED", 100)), number("DRAWN_MONTH", 6000), number("DRAWN_WEEKS", 3), number("DRAWN_INCIDENTS", 6))
		sets = append(sets, s.detection(t))
		logDetection(t, fmt.Sprintf("%d tickets", len(s.tickets)), sets[seed])
	}
	all := Pool(sets...)
	logDetection(t, "all", all)
	if limit := all.Weeks + 2*math.Sqrt(all.Weeks); float64(all.False) >= limit { // two standard deviations of one a week
		t.Errorf("%d false alarms in %.1f weeks, want fewer than one a week", all.False, all.Weeks)
	}
	if all.Incidents > 0 && all.Within.Rise < 0.7 {
		t.Errorf("%.2f of the incidents found within 15 minutes of their rise", all.Within.Rise)
	}
}

func logDetection(t *testing.T, name string, d Detection) {
	t.Helper()
	t.Logf("%-14s %.1f weeks, %d alarms, %.2f false a week, %d repeated; of %d incidents %d found, within 15 minutes of first %.2f, fifth %.2f, rise %.2f, possible %.2f; minutes %v",
		name, d.Weeks, d.Alarms, d.FalsePerWeek, d.Repeated, d.Incidents, d.Found, d.Within.First, d.Within.Fifth, d.Within.Rise, d.Possible, d.Delays)
}
