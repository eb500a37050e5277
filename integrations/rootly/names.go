package rootly

import (
	"cmp"
	"encoding/json"

	"github.com/ticketlink/ticketlink/integrations"
)

// name is what something is called. Rootly writes it plain, as an object with
// a name, or as a JSON:API object, by the account's and the payload's version.
type name string

// UnmarshalJSON never fails.
func (n *name) UnmarshalJSON(raw []byte) error {
	var object struct {
		Name       integrations.Text `json:"name"`
		Slug       integrations.Text `json:"slug"`
		Attributes *name             `json:"attributes"`
		Data       *name             `json:"data"`
	}
	if json.Unmarshal(raw, &object) != nil {
		var plain integrations.Text
		_ = plain.UnmarshalJSON(raw) // never fails
		*n = name(plain)
		return nil
	}
	*n = cmp.Or(name(object.Name), name(object.Slug))
	for _, inner := range []*name{object.Attributes, object.Data} {
		if inner != nil {
			*n = cmp.Or(*n, *inner)
		}
	}
	return nil
}

// names are a list of name, plain or as a JSON:API collection.
type names []string

// UnmarshalJSON never fails.
func (n *names) UnmarshalJSON(raw []byte) error {
	*n = nil
	var object struct {
		Data []name `json:"data"`
	}
	list := []name{}
	if json.Unmarshal(raw, &list) != nil && json.Unmarshal(raw, &object) == nil {
		list = object.Data
	}
	for _, one := range list {
		*n = append(*n, string(one))
	}
	return nil
}
