package match

import (
	"fmt"
	"math"
	"sort"
	"time"
)

// certain is the log-odds that an always rule gives; never is its opposite.
const certain = 9

// link puts a ticket's evidence in words and adds it up.
func (c *Corpus) link(s *scene, t *candidate, m Model) Link {
	l := Link{TicketID: t.row.id, IncidentID: s.inc.ID, Engine: Engine, Model: m.Version}
	l.add("prior", fmt.Sprintf("about %.0f of %d tickets around it belong to the incident", t.prior*float64(len(s.cands)), len(s.cands)), logit(t.prior))
	when := s.weights.of("time") * t.timeWeight(s)
	l.add("time", s.profile.describe(t.row.at), when)
	l.add("surge", s.describeSurge(t), logit(t.share)-logit(t.prior)-when)
	c.explainTopic(&l, s, t)
	c.explainSimilar(&l, s, t)
	l.add("symptom", describeSymptoms(s.bag.sym, t.row.sym), t.parts[partSymptom])
	l.add("organization", describeListed(t.parts[partOrg]), t.parts[partOrg])
	l.add("region", c.describeRegion(s, t), t.parts[partRegion])
	for _, a := range s.pairsOf(t.row) {
		l.add("history", a.describe(), s.weights.of("history")*a.weight)
	}
	l.add("calibration", fmt.Sprintf("all this is as much as %.2g %% of ordinary tickets show", 100*t.tail), logit(t.share)+t.weight-l.LogOdds)
	l.add("competition", "other incidents are open to the same tickets", -math.Log(t.rivals))
	l.add("calibration", "where few tickets are found, some of them are chance", s.sizeWeight(t))
	l.Uncalibrated = l.LogOdds
	l.add("calibration", m.Platt.describe(), m.Platt.apply(l.LogOdds)-l.LogOdds)
	if t.rule != nil {
		l.add("rule", t.rule.describe(), pick(t.rule.Never, -certain, certain)-l.LogOdds)
	}
	if t.row.later {
		l.Evidence = append(l.Evidence, Evidence{"comment", "as of the customer's later comment, which fits better", 0})
	}
	l.Confidence = sigmoid(l.LogOdds)
	return l
}

// slight is a weight that would be read as none: 0.00.
const slight = 0.005

// add appends evidence that says something and keeps LogOdds the sum of what
// was said, in thousandths as the weights are.
func (l *Link) add(kind, detail string, weight float64) {
	if weight = round(weight); math.Abs(weight) >= slight {
		l.Evidence = append(l.Evidence, Evidence{kind, detail, weight})
		l.LogOdds = round(l.LogOdds + weight)
	}
}

func (t *candidate) timeWeight(s *scene) float64 {
	return timeScale * math.Log(max(t.shape, 1e-4)/max(s.bins.mean, 1e-4))
}

// describe says where a moment lies: before, in or after the phases.
func (p profile) describe(unix int64) string {
	best := p.phases[0]
	for _, ph := range p.phases {
		if p.phase(ph, unix) > p.phase(best, unix) {
			best = ph
		}
	}
	switch start, end := best.Start.Unix(), best.End.Unix(); {
	case unix < start:
		return "written " + span(start-unix) + " before the recorded start"
	case unix <= end:
		return "written " + span(unix-start) + " after the start, while active"
	default:
		return "written " + span(unix-end) + " after the end"
	}
}

func span(seconds int64) string {
	d := (time.Duration(seconds) * time.Second).Round(time.Minute)
	if d < time.Hour {
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// similarTail is what counts as similar when a surge is put in words.
const similarTail = 0.1

// describeSurge counts the similar tickets of the half hour around the ticket.
// What is usual follows from the other tickets of the same half hour.
func (s *scene) describeSurge(t *candidate) string {
	const quarter = 15 * 60
	first := sort.Search(s.own, func(i int) bool { return s.cands[i].row.at >= t.row.at-quarter })
	similar, others := 0, 0
	for _, o := range s.cands[min(first, s.own):s.own] {
		switch {
		case o.row.at > t.row.at+quarter:
			return surgeWords(similar, others)
		case o.tail <= similarTail:
			similar++
		default:
			others++
		}
	}
	return surgeWords(similar, others)
}

func surgeWords(similar, others int) string {
	usual := float64(others) * similarTail / (1 - similarTail)
	return fmt.Sprintf("%d similar tickets in this half hour, %.0f usual", similar, usual)
}
