package genericsource

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/expr-lang/expr/vm"

	"github.com/ticketlink/ticketlink/integrations"
)

// object reads a JSON object. Whole numbers stay whole: ids outgrow floating point.
func object(body []byte) (map[string]any, error) {
	var env map[string]any
	if err := integrations.DecodeWebhook(source, body, &env); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&env); err != nil || env == nil {
		return nil, integrations.BadFormat(source, "the body is no JSON object")
	}
	return numbers(env).(map[string]any), nil
}

func numbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = numbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = numbers(item)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return v.String()
	}
	return value
}

// evaluation is one body's; the first failure stays.
type evaluation struct {
	programs map[string]*vm.Program
	env      map[string]any
	err      error
}

func (e *evaluation) value(name string) any {
	program := e.programs[name]
	if program == nil {
		return nil
	}
	machine := vm.VM{MemoryBudget: memory}
	value, err := machine.Run(program, e.env)
	if err != nil && e.err == nil {
		// expr's own words may repeat what the body says.
		e.err = integrations.BadFormat(source, "mapping.%s does not fit the body", name)
	}
	return value
}

// yes takes nil for no.
func (e *evaluation) yes(name string) bool {
	value := e.value(name)
	yes, ok := value.(bool)
	if !ok && value != nil && e.err == nil {
		e.err = integrations.BadFormat(source, "mapping.%s is neither true nor false", name)
	}
	return yes
}

func (e *evaluation) text(name string) string { return text(e.value(name)) }

func (e *evaluation) time(name string) time.Time {
	if t, ok := e.value(name).(time.Time); ok {
		return t
	}
	return integrations.ParseMoment(e.text(name))
}

func (e *evaluation) list(name string) []string {
	value := e.value(name)
	items, ok := value.([]any)
	if !ok {
		items = []any{value}
	}
	var out []string
	for _, item := range items {
		out = append(out, text(item))
	}
	return out
}

// text writes strings, numbers and booleans; anything else is "".
func text(value any) string {
	var t integrations.Text
	if raw, err := json.Marshal(value); err == nil { // infinity has no JSON
		_ = t.UnmarshalJSON(raw) // never fails
	}
	return string(t)
}
