package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
)

// An incidentView is an incident as the API shows it.
type incidentView struct {
	Key           string      `json:"key" example:"INC-42"`
	Title         string      `json:"title"`
	Summary       string      `json:"summary"`
	Severity      string      `json:"severity"`
	Status        string      `json:"status" enum:"open,resolved"`
	Services      []string    `json:"services"`
	Tags          []string    `json:"tags"`
	Keywords      []string    `json:"keywords"`
	Regions       []string    `json:"regions"`
	Organizations []string    `json:"organizations"`
	StartedAt     time.Time   `json:"started_at"`
	DetectedAt    *time.Time  `json:"detected_at"`
	DeclaredAt    time.Time   `json:"declared_at"`
	ResolvedAt    *time.Time  `json:"resolved_at"`
	Message       string      `json:"message,omitempty" doc:"Said at the resolution"`
	ExternalURL   string      `json:"external_url"`
	Source        string      `json:"source" doc:"The incident source that opened it; empty for people"`
	Phases        []phaseView `json:"phases,omitempty" doc:"Times of being open; several where it was reopened"`
	LooksLike     []double    `json:"looks_like,omitempty" doc:"Open incidents that may be the same one: merge them, or confirm tickets of each"`
}

type phaseView struct {
	StartedAt time.Time  `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
}

func viewIncident(i schema.Incident) incidentView {
	return incidentView{
		Key: i.Key, Title: i.Title, Summary: i.Summary, Severity: i.Severity, Status: i.Status, Services: list(i.Services),
		Tags: list(i.Tags), Keywords: list(i.Keywords), Regions: list(i.Regions), Organizations: list(i.Organizations),
		StartedAt: i.StartedAt, DetectedAt: i.DetectedAt, DeclaredAt: i.DeclaredAt, ResolvedAt: i.ResolvedAt,
		Message: i.Message, ExternalURL: i.ExternalUrl, Source: i.Source,
	}
}

type KeyPath struct {
	Key string `path:"key" example:"INC-42"`
}

// incidentAPI registers what is said of incidents.
func (w *Worker) incidentAPI(api huma.API) {
	huma.Register(api, op("POST", "/incidents", "declare", "Declare an incident", 201), func(ctx context.Context, in *struct {
		Body Declaration
	}) (*body[incidentView], error) {
		return w.answer(ctx)(w.declare(ctx, actor(ctx), in.Body))
	})
	huma.Register(api, op("GET", "/incidents", "list-incidents", "List incidents, newest first"), func(ctx context.Context, in *struct {
		Status string `query:"status" enum:"open,resolved"`
		Paging
	}) (*body[pageOf[incidentView]], error) {
		before, err := in.after()
		if err != nil {
			return nil, w.failure(err)
		}
		rows, err := w.queries.ListIncidents(ctx, schema.ListIncidentsParams{Status: in.Status, Before: before, Batch: in.fetch()})
		if err != nil {
			return nil, w.failure(fmt.Errorf("list incidents: %w", err))
		}
		return &body[pageOf[incidentView]]{pageFrom(in.Paging, rows, func(i schema.Incident) int64 { return i.ID }, viewIncident)}, nil
	})
	huma.Register(api, op("GET", "/incidents/{key}", "show-incident", "Read an incident"), func(ctx context.Context, in *KeyPath) (*body[incidentView], error) {
		return w.answer(ctx)(w.incident(ctx, in.Key))
	})
	huma.Register(api, op("PATCH", "/incidents/{key}", "update-incident", "Change an incident; absent fields stay"), func(ctx context.Context, in *struct {
		KeyPath
		Body Change
	}) (*body[incidentView], error) {
		return w.answer(ctx)(w.update(ctx, actor(ctx), in.Key, in.Body))
	})
}

// incidentEndAPI registers how incidents end, go on, and become one.
func (w *Worker) incidentEndAPI(api huma.API) {
	huma.Register(api, op("POST", "/incidents/{key}/resolve", "resolve-incident", "Resolve an incident", 200), func(ctx context.Context, in *struct {
		KeyPath
		Body *struct {
			ResolvedAt *time.Time `json:"resolved_at,omitempty" doc:"Default: now"`
			Message    *string    `json:"message,omitempty" maxLength:"10000"`
		} `required:"false"`
	}) (*body[incidentView], error) {
		if in.Body == nil {
			return w.answer(ctx)(w.resolve(ctx, actor(ctx), in.Key, nil, ""))
		}
		message := ""
		if in.Body.Message != nil {
			message = *in.Body.Message
		}
		return w.answer(ctx)(w.resolve(ctx, actor(ctx), in.Key, in.Body.ResolvedAt, message))
	})
	huma.Register(api, op("POST", "/incidents/{key}/reopen", "reopen-incident", "Reopen a resolved incident", 200), func(ctx context.Context, in *KeyPath) (*body[incidentView], error) {
		return w.answer(ctx)(w.reopen(ctx, actor(ctx), in.Key))
	})
	huma.Register(api, op("POST", "/incidents/{key}/merge", "merge-incident", "Say that an incident is the same as another, which goes on", 200), func(ctx context.Context, in *struct {
		KeyPath
		Body struct {
			Into string `json:"into" maxLength:"64" example:"INC-42"`
		}
	}) (*body[incidentView], error) {
		return w.answer(ctx)(w.merge(ctx, actor(ctx), in.Key, in.Body.Into))
	})
}

// answer shows an incident with its phases, or its failure.
func (w *Worker) answer(ctx context.Context) func(schema.Incident, error) (*body[incidentView], error) {
	return func(i schema.Incident, err error) (*body[incidentView], error) {
		if err != nil {
			return nil, w.failure(err)
		}
		view := viewIncident(i)
		if view.Phases, err = w.phaseViews(ctx, i); err != nil {
			return nil, w.failure(err)
		}
		if view.LooksLike, err = w.doubles(ctx, i); err != nil {
			return nil, w.failure(err)
		}
		return &body[incidentView]{view}, nil
	}
}

// incident reads one by its key.
func (w *Worker) incident(ctx context.Context, key string) (schema.Incident, error) {
	i, err := w.queries.GetIncident(ctx, key)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, errNoIncident
	}
	if err != nil {
		return i, fmt.Errorf("read incident %s: %w", key, err)
	}
	return i, nil
}
