package report

// A Wait counts linked tickets by how long they waited for a first public reply.
type Wait struct {
	Label   string `json:"label"`
	Tickets int    `json:"tickets"`
	Open    bool   `json:"open,omitempty"` // waits still, or ended without a reply
}

// Minutes that a ticket waited when it has no reply.
const (
	Waiting = -1 // and is open
	NoReply = -2 // and was solved or closed
)

var waitBuckets = []struct {
	below int // minutes
	label string
}{
	{15, "under 15 min"}, {30, "15 to 30 min"}, {60, "30 to 60 min"}, {120, "1 to 2 h"}, {240, "2 to 4 h"},
	{480, "4 to 8 h"}, {1440, "8 to 24 h"}, {1 << 30, "a day or longer"},
}

// Waits puts counts by minutes waited into few classes, in order. Classes
// without tickets stay, so that reports can be compared.
func Waits(byMinutes map[int]int) []Wait {
	out := make([]Wait, 0, len(waitBuckets)+2)
	for _, b := range waitBuckets {
		out = append(out, Wait{Label: b.label})
	}
	out = append(out, Wait{Label: "solved without a reply", Open: true}, Wait{Label: "waiting still", Open: true})
	for minutes, n := range byMinutes {
		switch minutes {
		case Waiting:
			out[len(out)-1].Tickets += n
		case NoReply:
			out[len(out)-2].Tickets += n
		default:
			out[bucketOf(minutes)].Tickets += n
		}
	}
	return out
}

func bucketOf(minutes int) int {
	for i, b := range waitBuckets {
		if minutes < b.below {
			return i
		}
	}
	return len(waitBuckets) - 1
}
