package match

import (
	"fmt"
	"slices"
	"strings"
)

// explainTopic splits the topic's weight by what the terms are to the incident.
func (c *Corpus) explainTopic(l *Link, s *scene, t *candidate) {
	var own, other, against quoted
	top := s.topic.strongest(c, t.row, 0)
	for _, w := range c.joined(top.up[:]) {
		switch w.weight *= topicScale; s.termKind(w.id) {
		case "tag":
			l.add("tag", fmt.Sprintf("tag %s (on %.2g %% of tickets)", c.shown[w.id], 100*c.share(w.id)), w.weight)
		case "text":
			own.add(c, t.row, w)
		default:
			other.add(c, t.row, w)
		}
	}
	for _, w := range c.joined(top.down[:]) {
		w.weight *= topicScale
		against.add(c, t.row, w)
	}
	own.addTo(l, "text", "says %s")
	other.addTo(l, "topic", "%s: often said with the incident's topic")
	against.addTo(l, "topic", "%s: rather said of other topics")
	l.add("text", "other words", own.rest)
	l.add("topic", "other words", other.rest+against.rest)
}

func (c *Corpus) explainSimilar(l *Link, s *scene, t *candidate) {
	if s.similar == nil {
		return
	}
	var up, down quoted
	top := s.similar.strongest(c, t.row, t.own)
	n, scale := max(s.similar.n-t.own, 0), s.similarFactor(t)
	for _, w := range c.joined(top.up[:]) {
		w.weight *= scale
		up.add(c, t.row, w)
	}
	for _, w := range c.joined(top.down[:]) {
		w.weight *= scale
		down.add(c, t.row, w)
	}
	up.addTo(l, "similar", fmt.Sprintf("%%s, like %.0f tickets found already", n))
	down.addTo(l, "similar", fmt.Sprintf("%%s, unlike %.0f tickets found already", n))
	l.add("similar", "other words", up.rest+down.rest)
}

// joined adds a word's weight to the tag's that says the same, and drops what
// weighs nothing.
func (c *Corpus) joined(top []termWeight) []termWeight {
	var out []termWeight
	for _, t := range top {
		text := c.wordName(t.id)
		twin := slices.IndexFunc(out, func(o termWeight) bool { return c.wordName(o.id) == text })
		switch {
		case t.weight == 0:
		case twin < 0:
			out = append(out, t)
		default:
			if c.names[t.id][:1] == tagTerm {
				out[twin].id = t.id
			}
			out[twin].weight += t.weight
		}
	}
	return out
}

// wordName is the name of a term as a word's, so that tags compare with words.
func (c *Corpus) wordName(id uint32) string {
	if name := c.names[id]; name[:1] == wordTerm {
		return name[1:]
	}
	return c.key.name(c.names[id][1:])
}

// telling is the weight from which a term is worth naming.
const telling = 0.1

// quoted lists terms for people and adds up their weight; rest is the weight of
// those that would tell them nothing: too weak, dull, on every fifth ticket, or no word.
type quoted struct {
	list      []string
	sum, rest float64
}

func (q *quoted) add(c *Corpus, r *row, t termWeight) {
	dull := c.names[t.id][:1] == wordTerm && dullWords[c.names[t.id][1:]]
	name := c.named(r, t.id)
	if dull || t.weight < telling && t.weight > -telling || c.share(t.id) > commonShare || name == "" {
		q.rest += t.weight
		return
	}
	if !slices.Contains(q.list, name) { // two stems of one word are one reason
		q.list = append(q.list, name)
	}
	q.sum += t.weight
}

// addTo makes a reason of the terms, if there are any.
func (q *quoted) addTo(l *Link, kind, format string) {
	if len(q.list) > 0 {
		l.add(kind, fmt.Sprintf(format, strings.Join(q.list, ", ")), q.sum)
	}
}
