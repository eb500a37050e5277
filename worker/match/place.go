package match

import "strings"

// placeWeights compare the customer's organization and region with those that
// the incident names. A customer we know nothing of says nothing.
func (c *Corpus) placeWeights(b *bag, r *row) (org, region float64) {
	for _, id := range r.marks {
		switch kind := c.names[id][:1]; {
		case kind == orgTerm && b.hasOrgs:
			org = pick(b.orgs[id], 2, -3)
		case kind == regionTerm && b.hasRegions:
			region = pick(b.regions[id], lnRatio(0.92, b.regionShare), lnRatio(0.08, 1-b.regionShare))
		}
	}
	return org, region
}

// shareOfRegions is the part of the tickets of known region that are in these.
func (c *Corpus) shareOfRegions(regions map[uint32]bool) float64 {
	ours, all := 1.0, 2.0
	for id, name := range c.names {
		if strings.HasPrefix(name, regionTerm) {
			all += float64(c.df[id])
			if regions[uint32(id)] {
				ours += float64(c.df[id])
			}
		}
	}
	return clamp(ours/all, 0.02, 0.9)
}

func pick(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}
