package offline

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ticketlink/ticketlink/worker/match"
)

// EvaluateOptions name the files to compare. Labels and Links are needed.
type EvaluateOptions struct {
	Labels    string
	Links     string
	Incidents string // titles for the report
	Tickets   string // subjects and times: what was there at a checkpoint of a replay
}

// A Report compares links with known answers.
type Report struct {
	Notes       []string         `json:"notes,omitempty"` // what does not fit together
	Tickets     int              `json:"tickets"`         // labelled
	Members     int              `json:"members"`         // with an incident
	Auto        Score            `json:"auto"`
	Any         Score            `json:"any"`                      // suggestions too
	TagRule     *Score           `json:"tag_rule,omitempty"`       // what a plain rule would link, where tickets and incidents are given
	FalsePer1k  float64          `json:"false_auto_per_1000"`      // tickets
	Wrong       int              `json:"auto_to_another_incident"` // of the false ones
	Brier       float64          `json:"brier"`                    // over written rows
	ECE         float64          `json:"calibration_error"`        // 10 bins, over written rows
	CountError  float64          `json:"count_error"`              // sum |auto - true| / true
	ExpectError float64          `json:"expected_count_error"`     // the same with the sum of confidences
	Bins        [10]Bin          `json:"calibration"`
	Incidents   []IncidentReport `json:"incidents"`
	Checkpoints []Checkpoint     `json:"checkpoints,omitempty"`
	Surges      *Detection       `json:"surges,omitempty"` // after a replay, if nobody had declared
	Kinds       []Kind           `json:"evidence,omitempty"`
	Mistakes    []Mistake        `json:"mistakes"`
}

// A Score is over pairs of ticket and incident. Precision is 1 where nothing
// was linked, recall 0 where there are no members.
type Score struct {
	Links     int     `json:"links"`
	Right     int     `json:"right"`
	Members   int     `json:"members"` // to be found
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// A Bin is one tenth of the confidences.
type Bin struct {
	N          int     `json:"n"`
	Confidence float64 `json:"confidence"` // mean
	True       float64 `json:"true"`       // part that was right
}

// An IncidentReport is one incident's part.
type IncidentReport struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Members  int     `json:"members"`
	Auto     Score   `json:"auto"`
	Any      Score   `json:"any"`
	Expected float64 `json:"expected"` // sum of confidences
}

// A Kind is one kind of evidence: what it weighs in the mean of all right and of
// all wrong links. Where the two are alike it does not help.
type Kind struct {
	Kind  string  `json:"kind"`
	Right float64 `json:"right"`
	Wrong float64 `json:"wrong"`
}

// A Mistake is a confident link that is wrong, or a member that was nearly or
// entirely missed.
type Mistake struct {
	TicketID   string           `json:"ticket_id"`
	IncidentID string           `json:"incident_id"`
	Truth      string           `json:"truth"`           // the right incident, "" for none
	State      match.State      `json:"state,omitempty"` // "": neither linked nor suggested
	Confidence float64          `json:"confidence"`
	Subject    string           `json:"subject,omitempty"`
	Evidence   []match.Evidence `json:"evidence"`
}

// Evaluate compares links with labels. Links of unlabelled tickets are left
// out. What a replay wrote beside the links is judged too.
func Evaluate(opts EvaluateOptions) (Report, error) {
	j := &judge{truth: map[string]string{}, members: map[string]int{}, titles: map[string]string{}, tickets: map[string]ticketRecord{}}
	if err := j.load(opts); err != nil {
		return Report{}, err
	}
	r := j.report()
	var err error
	if r.Checkpoints, err = j.checkpoints(opts.Links + replayEnding); err != nil {
		return r, fmt.Errorf("read what the replay noted: %w", err)
	}
	if len(r.Checkpoints) > 0 && len(j.tickets) == 0 {
		r.Notes = append(r.Notes, "after declaration: all members count as there; give --tickets to leave out later ones")
	}
	if r.Surges, err = j.detection(opts.Links + surgesEnding); err != nil {
		return r, fmt.Errorf("read the replay's surges: %w", err)
	}
	return r, nil
}

func (j *judge) report() Report {
	r := Report{Tickets: len(j.truth), Notes: j.notes()}
	byIncident := map[string]*IncidentReport{}
	for _, ids := range []map[string]int{j.members, keys(j.titles)} {
		for id := range ids {
			byIncident[id] = &IncidentReport{ID: id, Title: j.titles[id], Members: j.members[id]}
		}
	}
	for _, n := range j.members {
		r.Members += n
	}
	for _, l := range j.links {
		j.count(&r, l)
		i := byIncident[l.IncidentID.Text]
		if i == nil {
			i = &IncidentReport{ID: l.IncidentID.Text, Title: j.titles[l.IncidentID.Text]}
			byIncident[i.ID] = i
		}
		i.Expected += l.Confidence
		i.Any.add(j.right(l))
		if l.State == match.Auto {
			i.Auto.add(j.right(l))
		}
	}
	j.finish(&r, byIncident)
	return r
}

// keys gives the map's keys the shape of the members.
func keys(m map[string]string) map[string]int {
	out := make(map[string]int, len(m))
	for k := range m {
		out[k] = 0
	}
	return out
}

func (j *judge) count(r *Report, l linkRecord) {
	right := j.right(l)
	r.Any.add(right)
	if l.State == match.Auto {
		r.Auto.add(right)
		if !right && j.truth[l.TicketID.Text] != "" {
			r.Wrong++
		}
	}
	hit := 0.0
	if right {
		hit = 1
	}
	r.Brier += (l.Confidence - hit) * (l.Confidence - hit)
	b := &r.Bins[min(int(l.Confidence*10), 9)]
	b.N++
	b.Confidence += l.Confidence
	b.True += hit
}

// finish turns sums into shares and lists the incidents and the mistakes.
func (j *judge) finish(r *Report, byIncident map[string]*IncidentReport) {
	r.Auto.finish(r.Members)
	r.Any.finish(r.Members)
	for _, i := range byIncident {
		i.Auto.finish(i.Members)
		i.Any.finish(i.Members)
		r.CountError += math.Abs(float64(i.Auto.Links - i.Members))
		r.ExpectError += math.Abs(i.Expected - float64(i.Members))
		r.Incidents = append(r.Incidents, *i)
	}
	slices.SortFunc(r.Incidents, func(a, b IncidentReport) int { return cmp.Compare(a.ID, b.ID) })
	n := float64(max(len(j.links), 1))
	r.Brier /= n
	for k := range r.Bins {
		b := &r.Bins[k]
		r.ECE += math.Abs(b.Confidence-b.True) / n
		b.Confidence /= float64(max(b.N, 1))
		b.True /= float64(max(b.N, 1))
	}
	members := float64(max(r.Members, 1))
	r.CountError, r.ExpectError = r.CountError/members, r.ExpectError/members
	r.FalsePer1k = 1000 * float64(r.Auto.Links-r.Auto.Right) / float64(max(r.Tickets, 1))
	r.Kinds = j.kinds(r.Any)
	r.Mistakes = j.mistakes()
	r.TagRule = j.tagRule(r.Members)
}

func (s *Score) add(right bool) {
	s.Links++
	if right {
		s.Right++
	}
}

func (s *Score) finish(members int) {
	s.Members, s.Precision = members, 1
	if s.Links > 0 {
		s.Precision = float64(s.Right) / float64(s.Links)
	}
	if members > 0 {
		s.Recall = float64(s.Right) / float64(members)
		s.F1 = 2 * float64(s.Right) / float64(s.Links+members)
	}
}
