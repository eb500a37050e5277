package worker

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

// A carefulStart is how far a new installation has come towards linking without
// asking. What counts are the links on which a person's word stands: said twice
// it counts once, taken back not at all. An agent's word in the helpdesk's
// problem field is one as well.
type carefulStart struct {
	Needed    int  `json:"needed" doc:"matching.careful_start; 0: tickets are linked without asking from the start"`
	Decisions int  `json:"decisions" doc:"Links that people have confirmed or rejected, counted up to what is needed"`
	Missing   int  `json:"missing" doc:"How many are still to come"`
	Over      bool `json:"over" doc:"Whether tickets are linked without asking"`
}

func (w *Worker) carefulStart(ctx context.Context) (carefulStart, error) {
	if w.Careful <= 0 {
		return carefulStart{Over: true}, nil
	}
	n, err := w.queries.CountDecisions(ctx, int32(w.Careful))
	if err != nil {
		return carefulStart{}, fmt.Errorf("count decisions: %w", err)
	}
	missing := w.Careful - int(n)
	return carefulStart{Needed: w.Careful, Decisions: int(n), Missing: missing, Over: missing == 0}, nil
}

// Words say to people what to do about it.
func (c carefulStart) Words() string {
	word := "decisions"
	if c.Missing == 1 {
		word = "decision"
	}
	return fmt.Sprintf("Careful start: every ticket is asked about. Confirm or reject; after %d more %s the sure ones are linked without asking.", c.Missing, word)
}

// carefulAPI registers it.
func (w *Worker) carefulAPI(api huma.API) {
	huma.Register(api, op("GET", "/careful-start", "careful-start", "How many decisions by people are missing until tickets are linked without asking"), func(ctx context.Context, _ *struct{}) (*body[carefulStart], error) {
		c, err := w.carefulStart(ctx)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[carefulStart]{c}, nil
	})
}
