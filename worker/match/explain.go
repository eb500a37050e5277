package match

import "math"

// explain lists a ticket's evidence for an incident.
func (c *Corpus) explain(s *scene, t *candidate) []Evidence {
	prior := logit(t.prior)
	timeW := math.Log(max(t.shape, 1e-4) / max(s.bins.mean, 1e-4))
	ev := []Evidence{
		{"prior", "share of the tickets of these days", round(prior)},
		{"time", "when it was written", round(timeW)},
		{"surge", "tickets above usual", round(logit(t.share) - prior - timeW)},
	}
	names := [numParts]string{"topic", "similar", "symptom", "organization", "region", "history"}
	for k, w := range t.parts {
		if w != 0 {
			ev = append(ev, Evidence{names[k], names[k], round(w)})
		}
	}
	ev = append(ev, Evidence{"calibration", "", round(t.weight - t.raw)})
	total := t.odds/t.p - 1 // what all incidents' odds add up to
	return append(ev, Evidence{"competition", "", round(-math.Log1p(max(total-t.odds, 0)))})
}
