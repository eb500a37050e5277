package match

import "fmt"

// Hysteresis: a link that was made stays until confidence falls clearly, so
// that it does not flap while tickets come in.
const (
	keepAuto      = 0.6
	keepLow       = 2.0 / 3 // of Policy.AutoLink, where that is less
	keepSuggested = 0.6     // of Policy.Suggest
	keepRush      = 1.5     // of the tickets above usual (see capRush)
)

// Settle decides the new state of a link from its previous state ("" for
// none) and what Match now says, with State still unset. ok is false where the
// link is to be dropped. A person's word stays whatever the arithmetic says.
func Settle(previous State, l Link, p Policy) (_ Link, ok bool) {
	keep := min(keepAuto, keepLow*p.AutoLink)
	auto := p.AutoAllowed && l.Confidence >= p.AutoLink
	switch {
	case previous == Confirmed || previous == Rejected:
		l.State = previous
	case auto:
		l.State = Auto
	case previous == Auto && l.Confidence >= keep:
		l.State = Auto
		l.Evidence = append(l.Evidence, Evidence{"kept", fmt.Sprintf("linked before and still above %.2g", keep), 0})
	case l.Confidence >= p.Suggest:
		l.State = Suggested
	case previous != "" && l.Confidence >= keepSuggested*p.Suggest:
		l.State = Suggested
		l.Evidence = append(l.Evidence, Evidence{"kept", "suggested before and still close", 0})
	default:
		return Link{}, false
	}
	return l, true
}
