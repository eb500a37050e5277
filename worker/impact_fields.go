package worker

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Where a field stands, and its key behind.
const (
	organizationFields = "organization_fields."
	ticketFields       = "ticket_fields."
)

// ImpactFields say where a customer's plan, region and revenue are read from,
// each as organization_fields.KEY, user_fields.KEY (of the requester) or
// ticket_fields.ID, "" for nowhere.
type ImpactFields struct {
	Plan, Region, Revenue string
	TimeSpent             string // ticket_fields.ID: seconds that agents worked on a ticket
	Currency              string // ISO 4217
	Privacy               string // which names a report shows: none, organizations, all
}

// path is a field's place as jsonb's #> takes it.
func path(field string) []string {
	if field == "" {
		return []string{""}
	}
	return strings.SplitN(field, ".", 2)
}

// ofOrganizations says whether organizations tell all there is.
func (f ImpactFields) ofOrganizations() bool {
	for _, field := range []string{f.Plan, f.Region, f.Revenue} {
		if field != "" && !strings.HasPrefix(field, organizationFields) {
			return false
		}
	}
	return true
}

// revenueOfCustomers says whether each customer has a revenue of its own.
func (f ImpactFields) revenueOfCustomers() bool {
	return f.Revenue != "" && !strings.HasPrefix(f.Revenue, organizationFields)
}

// key is a field's key in an organization.
func key(field string) string { return strings.TrimPrefix(field, organizationFields) }

// kept are the ticket's custom fields that impact reads. No others are stored.
func (f ImpactFields) kept(fields map[string]json.RawMessage) map[string]json.RawMessage {
	kept := map[string]json.RawMessage{}
	for _, field := range []string{f.Plan, f.Region, f.Revenue} {
		if id, ok := strings.CutPrefix(field, ticketFields); ok && fields[id] != nil {
			kept[id] = fields[id]
		}
	}
	return kept
}

// spent is how long agents worked on a ticket: what the configured field says,
// else what the helpdesk itself measures. Zendesk's Time Tracking app counts
// seconds in its field "Total time spent (sec)", see
// support.zendesk.com/hc/en-us/articles/4408833883034.
func (f ImpactFields) spent(t integrations.Ticket) *time.Duration {
	id, ok := strings.CutPrefix(f.TimeSpent, ticketFields)
	if raw := t.Fields[id]; ok && raw != nil {
		return integrations.Measured(strings.Trim(string(raw), `"`), time.Second)
	}
	return t.Times.Spent
}

func wholeSeconds(d *time.Duration) *int32 {
	if d == nil {
		return nil
	}
	s := int32(*d / time.Second)
	return &s
}
