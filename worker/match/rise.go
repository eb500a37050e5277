package match

import (
	"math"
	"slices"
)

// A rise is judged over these minutes up to now.
var surgeMinutes = [...]int64{5, 10, 15, 30, 60, 120}

const (
	surgeTickets    = 4   // at least
	longText        = 2.5 // times the mean: a longer text says a bit of everything, and little of one thing
	surgeSymptoms   = 2   // likewise, of a text that speaks of more
	surgePerOrg     = 2   // tickets of one organization that count
	surgeDispersion = 1.3 // more than the usual volume, for what the hour of the week does not explain
	surgeHistory    = 500 // tickets before a rise can be judged
	fewHistory      = 100 // likewise, where they are those of a week
	// riseShape bounds how well a common term's rate is known, however many
	// tickets hold it: rates change from day to day.
	riseShape = 30
	// barTickets is the weekly number of tickets for which the bars were set.
	barTickets  = 5000
	weekSeconds = weekHours * 3600
)

// bar is the score that a rise of the key needs in a tenant of 5,000 tickets a
// week. The more keys of a sort there are, the more of them rise by chance:
// there are six symptoms, some dozens of tags and thousands of words. A tag that
// goes with no words (a plan, a language) is as good as a word. They were set on
// five labelled streams and three drawn from those (surge_drawn_test.go): a
// half less of all finds no more of their incidents in time, and nearly twice the false alarms.
func (m *moment) bar(k surgeKey) float64 {
	_, themed := m.themes.of[k.term]
	switch {
	case k.term == anyTerm:
		return 8
	case themed && m.c.isTag(k.term) && k.symptom == 0:
		return 11
	case themed && m.c.isTag(k.term):
		return 10.5
	case k.symptom == 0:
		return 15
	default:
		return 14
	}
}

func (c *Corpus) isTag(id uint32) bool { return c.names[id][:1] == tagTerm }

// A rise is a key that more tickets hold than chance allows.
type rise struct {
	key    surgeKey
	rows   []*row
	usual  float64
	score  float64 // -ln of the chance of as many tickets or more
	margin float64 // by which the score exceeds the bar
}

// A moment is what the last two hours hold.
type moment struct {
	c         *Corpus
	themes    *themes
	now       int64
	explained map[string]bool     // tickets that do not count
	held      map[surgeKey][]*row // oldest first
	volume    [len(surgeMinutes)]float64
	tests     float64 // ln of the weekly number of tickets against the bars'
	buffer    []*row
}

func (c *Corpus) newMoment(explained map[string]bool, now int64) *moment {
	m := &moment{c: c, now: now, explained: explained, held: map[surgeKey][]*row{}}
	longest := now - 60*surgeMinutes[len(surgeMinutes)-1]
	lo, hi := c.from(longest), c.from(now+1)
	if lo < fewHistory || lo < surgeHistory && now-c.rows[0].at < weekSeconds {
		return m
	}
	m.setVolume(lo, hi)
	m.themes = c.themesAt(longest)
	for _, r := range c.rows[lo:hi] {
		if float64(len(r.words)) > longText*c.meanWords() {
			continue
		}
		for _, k := range append(c.surgeKeys(r), m.themes.keys(r)...) {
			m.held[k] = append(m.held[k], r)
		}
	}
	for k, list := range m.held {
		if len(list) < surgeTickets {
			delete(m.held, k)
		}
	}
	return m
}

// setVolume says how many tickets each window would hold without a surge: as
// many as it does, or half more than usual for the hour of the week if that is
// less. With twice the tickets there are twice the chances of a false alarm, so
// the bars rise with the logarithm of their weekly number.
func (m *moment) setVolume(lo, hi int) {
	rows := m.c.rows
	usual, known := usualWeek(rows[:lo], m.now, m.now)
	for i, minutes := range surgeMinutes {
		from := m.now - 60*minutes
		m.volume[i] = float64(hi - m.c.from(from))
		if known {
			m.volume[i] = min(m.volume[i], 1.5*usual.between(from, m.now)+1)
		}
	}
	weeks := max(float64(m.now-rows[0].at)/weekSeconds, 0.5)
	m.tests = math.Log(float64(hi) / weeks / barTickets)
}

// rises returns those of the keys that exceed their bar in some window, each
// with the window in which it does so most.
func (m *moment) rises(keys []surgeKey, taken map[string]bool) []rise {
	var out []rise
	for _, k := range keys {
		best := rise{}
		for i := range surgeMinutes {
			r := m.rise(k, i, taken)
			if r.margin > best.margin {
				best = r
				best.rows = slices.Clone(r.rows)
			}
		}
		if best.margin > 0 {
			out = append(out, best)
		}
	}
	return out
}

// rise judges one key in one window. Its rows are valid until the next call.
func (m *moment) rise(k surgeKey, window int, taken map[string]bool) rise {
	rows := m.counted(m.held[k], m.now-60*surgeMinutes[window], taken)
	n := len(rows)
	if n < surgeTickets {
		return rise{}
	}
	seen, of := m.c.usualCount(k, n)+0.5, float64(len(m.c.rows)+1)
	if k.theme == 1 {
		seen, of = float64(m.themes.count[k])+0.5, float64(m.themes.rows+1)
	}
	usual := surgeDispersion * seen / of * m.volume[window]
	if float64(n) <= usual {
		return rise{}
	}
	score := rareness(n, min(seen, riseShape), usual)
	return rise{k, rows, usual, score, score - m.bar(k) - m.tests}
}

// counted are the rows since a time that count: not taken, and no more than two
// of one organization.
func (m *moment) counted(rows []*row, from int64, taken map[string]bool) []*row {
	m.buffer = m.buffer[:0]
	for _, r := range rows {
		if r.at < from || taken[r.id] || m.explained[r.id] {
			continue
		}
		org, same := m.c.orgOf(r), 0
		for _, o := range m.buffer {
			if org != 0 && m.c.orgOf(o) == org {
				same++
			}
		}
		if same < surgePerOrg {
			m.buffer = append(m.buffer, r)
		}
	}
	return m.buffer
}

// rareness is -ln P(N >= n) of a negative binomial count with the given mean:
// Poisson, its rate known as well as shape tickets tell (Gamma). A word that
// was never seen has a rate that is barely known, and needs more.
func rareness(n int, shape, mean float64) float64 {
	ln := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	k := float64(n)
	q := mean / (shape + mean)
	first := ln(k+shape) - ln(k+1) - ln(shape) + shape*math.Log(1-q) + k*math.Log(q)
	sum, term := 1.0, 1.0
	for ; term > 1e-9*sum; k++ {
		term *= (k + shape) / (k + 1) * q
		sum += term
	}
	return -first - math.Log(sum)
}
