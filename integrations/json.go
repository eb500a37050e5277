package integrations

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// CleanJSON returns a JSON value in a form that every database takes: valid
// UTF-8 without NUL characters and half surrogates, which JSON can spell and
// PostgreSQL's jsonb refuses. Nothing else changes. What is no JSON becomes null.
func CleanJSON(raw json.RawMessage) json.RawMessage {
	if !json.Valid(raw) {
		return json.RawMessage("null")
	}
	if utf8.Valid(raw) && !bytes.Contains(raw, []byte(`\u`)) {
		return bytes.Clone(raw)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return json.RawMessage("null")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(withoutNUL(value)); err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSpace(out.Bytes())
}

func withoutNUL(value any) any {
	switch v := value.(type) {
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	case []any:
		for i := range v {
			v[i] = withoutNUL(v[i])
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, item := range v {
			clean[strings.ReplaceAll(key, "\x00", "")] = withoutNUL(item)
		}
		return clean
	}
	return value
}
