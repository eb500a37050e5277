package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
)

// An impactView is an incident's impact at a moment.
type impactView struct {
	Incident string    `json:"incident"`
	At       time.Time `json:"measured_at"`
	impact.Impact
}

// A snapshotView is what was known of the impact at a moment, and what links
// made or taken back later say of that moment.
type snapshotView struct {
	At          time.Time        `json:"at"`
	Impact      impact.Impact    `json:"impact" doc:"As known then"`
	Corrected   *impact.Standing `json:"corrected,omitempty" doc:"What is known of that moment since; absent where nothing changed"`
	CorrectedAt *time.Time       `json:"corrected_at,omitempty"`
}

// impactAPI registers what incidents did to customers.
func (w *Worker) impactAPI(api huma.API) {
	huma.Register(api, op("GET", "/incidents/{key}/impact", "impact", "What the incident did to customers, now"), func(ctx context.Context, in *KeyPath) (*body[impactView], error) {
		v, err := w.impactNow(ctx, in.Key)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[impactView]{v}, nil
	})
	huma.Register(api, op("GET", "/incidents/{key}/impact/history", "impact-history", "Impact over time: a snapshot whenever it changed, at most each minute"), func(ctx context.Context, in *struct {
		KeyPath
		Paging
	}) (*body[pageOf[snapshotView]], error) {
		page, err := w.impactHistory(ctx, in.Key, in.Paging)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[snapshotView]]{page}, nil
	})
}

// impactNow measures an incident from what is stored at this moment, so that an
// answer never lags behind the links it is compared with.
func (w *Worker) impactNow(ctx context.Context, key string) (impactView, error) {
	i, err := w.incident(ctx, key)
	if err != nil {
		return impactView{}, err
	}
	measured, err := w.measureOf(ctx, w.queries, i)
	if err != nil {
		return impactView{}, fmt.Errorf("measure %s: %w", key, err)
	}
	return impactView{Incident: key, At: w.now(), Impact: measured}, nil
}

func (w *Worker) impactHistory(ctx context.Context, key string, p Paging) (pageOf[snapshotView], error) {
	none := pageOf[snapshotView]{}
	after, err := p.after()
	if err != nil {
		return none, err
	}
	i, err := w.incident(ctx, key)
	if err != nil {
		return none, err
	}
	rows, err := w.queries.ListSnapshots(ctx, schema.ListSnapshotsParams{Incident: i.ID, After: time.Unix(after, 0), Batch: p.fetch()})
	if err != nil {
		return none, fmt.Errorf("list snapshots of %s: %w", key, err)
	}
	var failed error
	page := pageFrom(p, rows, func(r schema.ListSnapshotsRow) int64 { return r.At.Unix() }, func(r schema.ListSnapshotsRow) snapshotView {
		v := snapshotView{At: r.At, CorrectedAt: r.CorrectedAt}
		err := json.Unmarshal(r.Impact, &v.Impact)
		if err == nil && r.Corrected != nil {
			err = json.Unmarshal(r.Corrected, &v.Corrected)
		}
		if err != nil {
			failed = fmt.Errorf("read snapshot of %s: %w", key, err)
		}
		return v
	})
	return page, failed
}
