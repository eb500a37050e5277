package pagerduty

import (
	"encoding/json"

	"github.com/ticketlink/ticketlink/integrations"
)

// values are a custom field's: one, or a list of them.
type values []string

// UnmarshalJSON never fails.
func (v *values) UnmarshalJSON(raw []byte) error {
	var many []integrations.Text
	if json.Unmarshal(raw, &many) != nil {
		many = make([]integrations.Text, 1)
		_ = many[0].UnmarshalJSON(raw) // never fails
	}
	*v = nil
	for _, text := range many {
		*v = append(*v, string(text))
	}
	return nil
}
