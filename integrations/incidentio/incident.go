package incidentio

import (
	"cmp"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// incident is what we read of IncidentV2 (api-docs.incident.io, Incidents V2).
type incident struct {
	ID        string              `json:"id"`
	Name      string              `json:"name"`
	Summary   integrations.Text   `json:"summary"`
	Permalink string              `json:"permalink"`
	CreatedAt integrations.Moment `json:"created_at"`
	UpdatedAt integrations.Moment `json:"updated_at"`
	Status    struct {
		Category string `json:"category"`
	} `json:"incident_status"`
	Severity *struct {
		Name integrations.Text `json:"name"`
	} `json:"severity"`
	Timestamps []struct {
		Timestamp struct {
			Name string `json:"name"`
		} `json:"incident_timestamp"`
		Value *struct {
			Value integrations.Moment `json:"value"`
		} `json:"value"`
	} `json:"incident_timestamp_values"`
	CustomFields []struct {
		Field struct {
			Name string `json:"name"`
		} `json:"custom_field"`
		Values []fieldValue `json:"values"`
	} `json:"custom_field_entries"`
	Issue *struct {
		Permalink string `json:"issue_permalink"`
	} `json:"external_issue_reference"`
}

// fieldValue is one of a custom field's values; one of its parts is set.
type fieldValue struct {
	Text   integrations.Text `json:"value_text"`
	Option struct {
		Value integrations.Text `json:"value"`
	} `json:"value_option"`
	Entry struct {
		Name integrations.Text `json:"name"`
	} `json:"value_catalog_entry"`
}

func (i incident) tell(u *integrations.IncidentUpdate) {
	u.SourceKey, u.Title, u.Summary, u.URL, u.At = i.ID, i.Name, string(i.Summary), i.Permalink, i.UpdatedAt.Time
	u.StartedAt = i.first(i.CreatedAt.Time, "Impact started at", "Started at", "Reported at")
	u.DetectedAt = i.first(i.CreatedAt.Time, "Reported at")
	if i.Severity != nil {
		u.Severity = string(i.Severity.Name)
	}
	if i.Issue != nil {
		u.Links = []string{i.Issue.Permalink}
	}
	for _, f := range i.CustomFields {
		for _, v := range f.Values {
			u.AddField(f.Field.Name, string(cmp.Or(v.Option.Value, v.Entry.Name, v.Text)))
		}
	}
	switch i.Status.Category {
	case "active", "live", "paused":
	case "learning", "closed", "declined", "merged", "canceled":
		u.Resolved, u.ResolvedAt = true, i.first(i.UpdatedAt.Time, "Resolved at", "Fixed at", "Closed at")
	default: // triage: nobody has said yet that it is one
		u.Detail = true
	}
}

// first returns the first of the named timestamps that is set, else otherwise.
func (i incident) first(otherwise time.Time, names ...string) time.Time {
	for _, name := range names {
		for _, t := range i.Timestamps {
			if t.Timestamp.Name == name && t.Value != nil && !t.Value.Value.IsZero() {
				return t.Value.Value.Time
			}
		}
	}
	return otherwise
}
