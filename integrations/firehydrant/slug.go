package firehydrant

import (
	"encoding/json"

	"github.com/ticketlink/ticketlink/integrations"
)

// slug is a severity or priority: an object with a slug in webhooks, the slug
// alone in the API's answers.
type slug struct{ text string }

// UnmarshalJSON never fails.
func (s *slug) UnmarshalJSON(raw []byte) error {
	var object struct {
		Slug integrations.Text `json:"slug"`
	}
	var plain integrations.Text
	if json.Unmarshal(raw, &object) == nil {
		s.text = string(object.Slug)
		return nil
	}
	_ = plain.UnmarshalJSON(raw) // never fails
	s.text = string(plain)
	return nil
}
