package offline

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// decode reads one JSON object. Its errors are for who wrote the file: the
// field, what was wanted and what stands there.
func decode(text []byte, v any) error {
	err := json.Unmarshal(text, v)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	var broken *json.SyntaxError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "":
		return fmt.Errorf("want an object, this is %s", found(wrong.Value))
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: want %s, this is %s", wrong.Field, wanted(wrong.Type), found(wrong.Value))
	case text[0] == '{' && errors.As(err, &broken):
		return fmt.Errorf("want one whole JSON object a line, as jq -c . writes it; here it breaks off after character %d", broken.Offset)
	}
	return errors.New("want one JSON object a line, this is something else")
}

// wanted names a type of ours as JSON has it.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[ID]():
		return "a number or a string"
	case t == reflect.TypeFor[moment]():
		return "a time such as 2026-06-08T00:02:47Z"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Int:
		return "a whole number"
	}
	return "an object"
}

// found names what encoding/json calls a value.
func found(value string) string {
	switch value {
	case "object":
		return "an object"
	case "array":
		return "a list"
	case "bool":
		return "true or false"
	}
	return "a " + value
}

// mistyped is the error of a value that T cannot be read from. encoding/json
// adds the field to an error of this type only.
func mistyped[T any](b []byte) error {
	names := map[byte]string{'{': "object", '[': "array", '"': "string of another form", 't': "bool", 'f': "bool"}
	name, ok := names[b[0]]
	if !ok {
		name = "number"
	}
	return &json.UnmarshalTypeError{Value: name, Type: reflect.TypeFor[T]()}
}

// A moment is a time as RFC 3339 writes it; null and "" are none.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(b []byte) error {
	if string(b) == `""` {
		return nil
	}
	if m.Time.UnmarshalJSON(b) != nil {
		return mistyped[moment](b)
	}
	return nil
}

// An ID is a JSON number or string, kept as it was written. Text is what it
// says without the quotes; "" for null.
type ID struct {
	Text string
	raw  string // "" where nothing is written
}

func (id *ID) UnmarshalJSON(b []byte) error {
	switch {
	case string(b) == "null":
		*id = ID{raw: "null"}
		return nil
	case b[0] == '"':
		id.raw = string(b)
		return json.Unmarshal(b, &id.Text)
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		*id = ID{Text: string(b), raw: string(b)}
		return nil
	}
	return mistyped[ID](b)
}

func (id ID) MarshalJSON() ([]byte, error) {
	if id.raw == "" {
		return json.Marshal(id.Text)
	}
	return []byte(id.raw), nil
}
