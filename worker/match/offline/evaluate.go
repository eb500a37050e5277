package offline

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// EvaluateOptions name the files to compare. Labels and Links are needed.
type EvaluateOptions struct {
	Labels    string
	Links     string
	Incidents string // titles for the report
	Tickets   string // subjects and times: what was there at a checkpoint of a replay
	Replay    string // snapshots of a replay; default: Links + ".replay" if it is there
}

// A Report compares links with known answers.
type Report struct {
	Tickets     int              `json:"tickets"` // labelled
	Members     int              `json:"members"` // with an incident
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
	Mistakes    []Mistake        `json:"mistakes"`
}

// A Score is over pairs of ticket and incident. Precision is 1 where nothing
// was linked.
type Score struct {
	Links     int     `json:"links"`
	Right     int     `json:"right"`
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

// A Checkpoint scores a replay some minutes after each declaration, against the
// tickets that were there by then.
type Checkpoint struct {
	Minutes int   `json:"minutes"`
	Auto    Score `json:"auto"`
	Any     Score `json:"any"`
}

// A Mistake is a confident link that is wrong, or a member that was missed.
type Mistake struct {
	TicketID   string           `json:"ticket_id"`
	IncidentID string           `json:"incident_id"`
	Truth      string           `json:"truth"` // the right incident, "" for none
	Confidence float64          `json:"confidence"`
	Subject    string           `json:"subject,omitempty"`
	Evidence   []match.Evidence `json:"evidence"`
}

// maxMistakes bounds the list of the worst mistakes of each sort.
const maxMistakes = 5

// judge holds the known answers while a report is made.
type judge struct {
	truth   map[string]string // of labelled tickets, "" for none
	members map[string]int
	titles  map[string]string
	known   []match.Incident
	tickets map[string]ticketRecord
	links   []linkRecord
}

// Evaluate compares links with labels. Links of unlabelled tickets are left out.
func Evaluate(opts EvaluateOptions) (Report, error) {
	j := &judge{truth: map[string]string{}, members: map[string]int{}, titles: map[string]string{}, tickets: map[string]ticketRecord{}}
	if err := j.load(opts); err != nil {
		return Report{}, err
	}
	r := j.report()
	if err := j.checkpoints(opts, &r); err != nil {
		return r, err
	}
	var err error
	r.Surges, err = j.detection(opts.Links + ".surges")
	return r, err
}

func (j *judge) load(opts EvaluateOptions) error {
	err := eachLine(opts.Labels, func(l labelRecord) error {
		j.truth[l.TicketID.Text] = l.IncidentID.Text
		if l.IncidentID.Text != "" {
			j.members[l.IncidentID.Text]++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	if opts.Incidents != "" {
		err = eachLine(opts.Incidents, func(r incidentRecord) error {
			j.titles[r.ID.Text] = r.Title
			if inc, err := r.incident(); err == nil { // titles alone will do
				j.known = append(j.known, inc)
			}
			return nil
		})
	}
	if err == nil && opts.Tickets != "" {
		err = eachLine(opts.Tickets, func(r ticketRecord) error {
			j.tickets[r.ID.Text] = ticketRecord{Subject: r.Subject, CreatedAt: r.CreatedAt, Tags: r.Tags}
			return nil
		})
	}
	if err != nil {
		return err
	}
	return j.loadLinks(opts.Links)
}

func (j *judge) loadLinks(path string) error {
	err := eachLine(path, func(l linkRecord) error {
		if l.Confidence < 0 || l.Confidence > 1 {
			return fmt.Errorf("confidence %v of ticket %s is not between 0 and 1", l.Confidence, l.TicketID.Text)
		}
		if _, ok := j.truth[l.TicketID.Text]; ok {
			j.links = append(j.links, l)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	return nil
}

func (j *judge) right(l linkRecord) bool { return j.truth[l.TicketID.Text] == l.IncidentID.Text }

func (j *judge) report() Report {
	r := Report{Tickets: len(j.truth)}
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
	s.Precision = 1
	if s.Links > 0 {
		s.Precision = float64(s.Right) / float64(s.Links)
	}
	if members > 0 {
		s.Recall = float64(s.Right) / float64(members)
		s.F1 = 2 * float64(s.Right) / float64(s.Links+members)
	}
}

// mistakes lists the most confident wrong links, then the least confident right ones.
func (j *judge) mistakes() []Mistake {
	sorted := slices.Clone(j.links)
	slices.SortStableFunc(sorted, func(a, b linkRecord) int { return cmp.Compare(b.Confidence, a.Confidence) })
	var wrong, weak []Mistake
	for _, l := range sorted {
		m := Mistake{l.TicketID.Text, l.IncidentID.Text, j.truth[l.TicketID.Text], l.Confidence, j.tickets[l.TicketID.Text].Subject, l.Evidence}
		if j.right(l) {
			weak = append(weak, m)
		} else if len(wrong) < maxMistakes {
			wrong = append(wrong, m)
		}
	}
	slices.Reverse(weak)
	return append(wrong, weak[:min(len(weak), maxMistakes)]...)
}

// checkpoints scores the snapshots of a replay, where there are any.
func (j *judge) checkpoints(opts EvaluateOptions, r *Report) error {
	path := opts.Replay
	if path == "" {
		path = opts.Links + ".replay"
	}
	byMinutes := map[int]*Checkpoint{}
	at := map[int]map[string]time.Time{}
	err := eachLine(path, func(s snapshot) error {
		c := byMinutes[s.Minutes]
		if c == nil {
			c = &Checkpoint{Minutes: s.Minutes}
			byMinutes[s.Minutes], at[s.Minutes] = c, map[string]time.Time{}
		}
		at[s.Minutes][s.IncidentID.Text] = s.At
		right := j.truth[s.TicketID.Text] == s.IncidentID.Text
		c.Any.add(right)
		if s.State == match.Auto {
			c.Auto.add(right)
		}
		return nil
	})
	if opts.Replay == "" && errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for minutes, c := range byMinutes {
		n := j.thereBy(at[minutes])
		c.Auto.finish(n)
		c.Any.finish(n)
		r.Checkpoints = append(r.Checkpoints, *c)
	}
	slices.SortFunc(r.Checkpoints, func(a, b Checkpoint) int { return cmp.Compare(a.Minutes, b.Minutes) })
	return err
}

// thereBy counts the members that had been written when their incident's
// snapshot was taken; all of them where the tickets' times are not known.
func (j *judge) thereBy(at map[string]time.Time) int {
	n := 0
	for id, incident := range j.truth {
		taken, ok := at[incident]
		if incident != "" && (!ok || !j.tickets[id].CreatedAt.After(taken)) {
			n++
		}
	}
	return n
}
