package followup

import "slices"

// A Waiting is a reminder that is due and has not been sent.
type Waiting struct {
	FollowUp int64
	Stage    int
	Target   string
}

// maxDigest is how many reminders one digest holds: its text must fit what
// chat services take.
const maxDigest = 40

// A Gathered is what becomes of waiting reminders of one target: one message
// for those in Told. Superseded ones are earlier stages of the same follow-ups,
// which say nothing new.
type Gathered struct {
	Told       []Waiting
	Superseded []Waiting
}

// Gather puts what waits for one target into as few messages as support should
// get: each its own message up to so many, digests beyond; upTo says how many
// for a target, 0 for no digest ever. What waits comes sorted by target,
// follow-up and stage.
func Gather(waiting []Waiting, upTo func(target string) int) []Gathered {
	var all []Gathered
	for len(waiting) > 0 {
		n := slices.IndexFunc(waiting, func(r Waiting) bool { return r.Target != waiting[0].Target })
		if n < 0 {
			n = len(waiting)
		}
		all = append(all, gatherOne(waiting[:n], upTo(waiting[0].Target))...)
		waiting = waiting[n:]
	}
	return all
}

// gatherOne gathers what waits for one target.
func gatherOne(waiting []Waiting, upTo int) []Gathered {
	var last Gathered
	for i, r := range waiting {
		if i+1 < len(waiting) && waiting[i+1].FollowUp == r.FollowUp {
			last.Superseded = append(last.Superseded, r)
			continue
		}
		last.Told = append(last.Told, r)
	}
	size := 1
	if upTo > 0 && len(last.Told) > upTo {
		size = maxDigest
	}
	var all []Gathered
	for part := range slices.Chunk(last.Told, size) {
		all = append(all, Gathered{Told: part})
	}
	all[0].Superseded = last.Superseded
	return all
}
