package match

// A scene is one incident with the tickets that might belong to it, while
// Match works on it.
type scene struct {
	inc      Incident
	from, to int64 // the window, unix seconds
	bag      *bag
	profile  profile
	topic    *lifts                 // terms that go with the incident's own
	similar  *lifts                 // terms of the members found so far; nil at first
	history  map[uint32]association // by the ticket's tag, form or category
	weights  Weights
	cands    []candidate // tickets in order of time, then tickets as of later comments
	own      int         // how many are tickets as they were written
	same     [][]int     // candidates that are one ticket
	outside  []*row      // tickets that cannot belong to it: what is usual
	null     null
	bins     bins
	target   bool
}

// A candidate is one ticket as one incident sees it.
type candidate struct {
	row    *row
	place  int // in the corpus: its rows, then its later comments
	parts  [numParts]float64
	raw    float64 // sum of parts
	tail   float64 // share of ordinary tickets that look at least as much like ours
	weight float64 // raw, calibrated
	factor float64 // exp(weight)
	shape  float64 // expected intensity at the ticket's time
	bin    int
	prior  float64 // part of all candidates that belong to the incident
	share  float64 // part of the tickets of its time that do
	odds   float64 // before competition
	rivals float64 // what the other incidents' odds take away, from 1 up
	p      float64 // after competition
	own    float64 // its own part in similar
	second bool    // another incident has higher odds
	muted  bool    // the same ticket fits better as of another moment
	pinned State   // what a person decided, "" for nothing
	rule   *Rule
}

// The kinds of evidence that are added up before calibration.
const (
	partTopic = iota
	partSimilar
	partSymptom
	partOrg
	partRegion
	partHistory
	numParts
)

// maxOutside bounds the tickets that stand for what is usual.
const maxOutside = 8000

// prepare finds the scene's candidates and what the incident is about.
func (c *Corpus) prepare(s *scene, q Query) {
	inc := s.inc
	from, to := q.Policy.Windows.of(inc, q.Now)
	s.from, s.to = from.Unix(), to.Unix()
	s.bag, s.history = c.newBag(inc), c.historyOf(q.Model, inc)
	s.profile = profile{inc.phases(q.Now), q.Model.Lag.tail()}
	lo, hi := c.from(s.from), c.from(s.to+1)
	hi = max(lo, hi)
	s.cands = make([]candidate, 0, hi-lo)
	add := func(r *row, place int) {
		s.cands = append(s.cands, candidate{row: r, place: place, shape: s.profile.at(r.at),
			bin: int((r.at - s.from) / binSeconds), rule: c.rule(q.Policy.Rules, inc, r)})
	}
	for i, r := range c.rows[lo:hi] {
		add(r, lo+i)
	}
	s.own = len(s.cands)
	c.addComments(s, add)
	s.weights = q.Policy.Weights
	s.pin(q.Decisions)
	s.bins = newBins(s.cands)
	s.sampleOutside(c.rows[:lo], c.rows[hi:])
	s.topic = c.topicOf(s.bag, q.Model.Tag.scale())
	if len(s.weights) > 0 {
		s.topic.scale(s.termFactor)
	}
}

// pin takes over what people decided about the scene's tickets.
func (s *scene) pin(decisions []Decision) {
	states := map[string]State{}
	for _, d := range decisions {
		if d.IncidentID == s.inc.ID {
			states[d.TicketID] = Rejected
			if d.Confirmed {
				states[d.TicketID] = Confirmed
			}
		}
	}
	if len(states) == 0 {
		return
	}
	for i := range s.cands {
		s.cands[i].pinned = states[s.cands[i].row.id]
	}
}

// sampleOutside takes tickets from both sides of the window at equal steps.
func (s *scene) sampleOutside(sides ...[]*row) {
	total := 0
	for _, rows := range sides {
		total += len(rows)
	}
	step := max(1, (total+maxOutside-1)/maxOutside)
	for _, rows := range sides {
		for i := 0; i < len(rows); i += step {
			s.outside = append(s.outside, rows[i])
		}
	}
}

// score fills in the evidence of every ticket of the scene and calibrates it.
func (c *Corpus) score(s *scene) {
	symptomShare := c.symptomShare(s.bag.sym)
	for i := range s.cands {
		c.weigh(s, &s.cands[i], symptomShare)
	}
	s.null = null{}
	for _, r := range s.outside {
		t := candidate{row: r}
		c.weigh(s, &t, symptomShare)
		k := s.stratum(r)
		s.null[k] = append(s.null[k], t.raw)
	}
	s.calibrate()
}

// How much each kind says beyond the others, fitted on labelled sets against
// ordinary tickets; the single sets agree within a third.
const (
	topicScale   = 0.5
	similarScale = 0.7
	symptomScale = 0.7
	placeScale   = 0.6
)

func (c *Corpus) weigh(s *scene, t *candidate, symptomShare float64) {
	topic := s.topic.strongest(c, t.row, 0)
	t.parts[partTopic] = clamp(topicScale*topic.sum(), -4, 5)
	if s.similar != nil {
		similar := s.similar.strongest(c, t.row, t.own)
		t.parts[partSimilar] = clamp(s.similarFactor(t)*similar.sum(), -5, 7)
	}
	t.parts[partSymptom] = symptomScale * s.weights.of("symptom") * symptomWeight(s.bag.sym, t.row.sym, symptomShare)
	org, region := c.placeWeights(s.bag, t.row)
	t.parts[partOrg] = placeScale * s.weights.of("organization") * org
	t.parts[partRegion] = placeScale * s.weights.of("region") * region
	t.parts[partHistory] = 0
	for _, a := range s.pairsOf(t.row) {
		t.parts[partHistory] += s.weights.of("history") * a.weight
	}
	t.raw = 0
	for _, w := range t.parts {
		t.raw += w
	}
}

// similarFactor is how much likeness to the tickets found so far counts for one.
func (s *scene) similarFactor(t *candidate) float64 {
	return similarScale * s.weights.of("similar") * s.similar.trust(t.own)
}

// historyOf finds the learned associations of the incident in the corpus's terms.
func (c *Corpus) historyOf(m Model, inc Incident) map[uint32]association {
	out := map[uint32]association{}
	kinds := map[string]string{"tag": tagTerm, "form": formTerm, "category": categoryTerm}
	for trait, a := range m.associationsOf(incidentTraits(inc)) {
		kind, text := cutTrait(trait)
		if id, ok := c.find(kinds[kind], text); ok {
			out[id] = a
		}
	}
	return out
}

// pairsOf returns the associations that count for the ticket.
func (s *scene) pairsOf(r *row) []association {
	if len(s.history) == 0 {
		return nil
	}
	var found []association
	for _, ids := range [][]uint32{r.tags, r.marks} {
		for _, id := range ids {
			if a, ok := s.history[id]; ok {
				found = append(found, a)
			}
		}
	}
	return strongestPairs(found)
}

// termFactor is the factor of the kind of evidence that a term is to the topic.
func (s *scene) termFactor(id uint32) float64 { return s.weights.of(s.termKind(id)) }

// termKind says whether a term is the incident's own tag, its own word, or one
// that goes with them.
func (s *scene) termKind(id uint32) string {
	if _, ok := s.bag.tags[id]; ok {
		return "tag"
	}
	if _, ok := s.bag.words[id]; ok {
		return "text"
	}
	return "topic"
}
