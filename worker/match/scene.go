package match

import "time"

// A scene is one incident with the tickets that might belong to it, while
// Match works on it.
type scene struct {
	inc     Incident
	bag     *bag
	profile profile
	topic   *lifts
	similar *lifts
	cands   []candidate
	outside []candidate // tickets that cannot belong to it: what is usual
	null    null
	bins    bins
	target  bool
}

// A candidate is one ticket as one incident sees it.
type candidate struct {
	row    *row
	parts  [numParts]float64
	raw    float64 // sum of parts
	tail   float64 // share of ordinary tickets that look at least as much like ours
	weight float64 // calibrated
	shape  float64 // expected intensity at the ticket's time
	bin    int
	prior  float64 // part of all candidates that belong to the incident
	share  float64 // part of the tickets of its time that do
	odds   float64 // before competition
	p      float64 // after competition
	own    float64 // p when the similar tickets were gathered: its own part of them
	pinned State
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

func (c *Corpus) newScene(inc Incident, now time.Time) *scene {
	s := &scene{inc: inc, bag: c.newBag(inc), profile: profile{inc.phases(now), usualLag}}
	from, to := inc.window(now)
	lo, hi := c.from(from.Unix()), c.from(to.Unix()+1)
	s.cands = make([]candidate, hi-lo)
	for i, r := range c.rows[lo:hi] {
		s.cands[i] = candidate{row: r, shape: s.profile.at(r.at), bin: int((r.at - from.Unix()) / binSeconds)}
	}
	s.bins = newBins(s.cands)
	s.sampleOutside(c.rows[:lo], c.rows[hi:])
	s.topic = c.topicOf(s.bag)
	return s
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
			s.outside = append(s.outside, candidate{row: rows[i]})
		}
	}
}

// score fills in the evidence of every ticket of the scene and calibrates it.
func (c *Corpus) score(s *scene) {
	for _, list := range [][]candidate{s.outside, s.cands} {
		for i := range list {
			c.weigh(s, &list[i])
		}
	}
	s.calibrate()
}

// How much each kind says beyond the others: fitted on labelled sets against
// ordinary tickets, with pairs of folds agreeing within a fifth.
const (
	topicScale   = 0.5
	similarScale = 0.7
	symptomScale = 0.7
	placeScale   = 0.6
)

func (c *Corpus) weigh(s *scene, t *candidate) {
	t.parts[partTopic] = clamp(topicScale*s.topic.strongest(c, t.row, 0).sum(), -4, 5)
	if s.similar != nil {
		t.parts[partSimilar] = clamp(similarScale*s.similar.strongest(c, t.row, t.own).sum(), -5, 7)
	}
	t.parts[partSymptom] = symptomScale * symptomWeight(s.bag.sym, t.row.sym, c.symptomShare(s.bag.sym))
	org, region := c.placeWeights(s.bag, t.row)
	t.parts[partOrg], t.parts[partRegion] = placeScale*org, placeScale*region
	t.raw = 0
	for _, w := range t.parts {
		t.raw += w
	}
}
