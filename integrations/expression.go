package integrations

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// expressionMemory bounds what evaluating one expression may allocate, in
// expr's units: about one for each element of a list that it makes.
const expressionMemory = 100_000

// Expressions say where things are in somebody's JSON, by name. They are those
// of github.com/expr-lang/expr (expr-lang.org), without its clock: the same JSON
// must always mean the same.
type Expressions map[string]*vm.Program

// CompileExpressions compiles what is not "". The error names the expression and
// the column. Those in yesNo must be true or false.
func CompileExpressions(code map[string]string, yesNo ...string) (Expressions, error) {
	x := Expressions{}
	for name, text := range code {
		if text == "" {
			continue
		}
		program, err := compileExpression(text, slices.Contains(yesNo, name))
		if err != nil {
			return nil, fmt.Errorf("mapping.%s: %w", name, err)
		}
		x[name] = program
	}
	return x, nil
}

func compileExpression(code string, yesOrNo bool) (*vm.Program, error) {
	options := []expr.Option{expr.Env(map[string]any{}), expr.AllowUndefinedVariables(), expr.DisableBuiltin("now")}
	if yesOrNo {
		options = append(options, expr.AsBool())
	}
	program, err := expr.Compile(code, options...)
	if err != nil {
		return nil, err
	}
	var unknown unknownFunctions
	node := program.Node()
	ast.Walk(&node, &unknown)
	if len(unknown) > 0 {
		return nil, fmt.Errorf("unknown function %s", unknown[0])
	}
	return program, nil
}

// unknownFunctions collects calls of anything but expr's own functions, which
// would fail on every body.
type unknownFunctions []string

// Visit implements ast.Visitor.
func (u *unknownFunctions) Visit(node *ast.Node) {
	if call, ok := (*node).(*ast.CallNode); ok {
		*u = append(*u, call.Callee.String())
	}
}

// JSONObject reads a JSON object for expressions. Whole numbers stay whole: ids
// outgrow floating point. The error is ErrBadFormat.
func JSONObject(source string, body []byte) (map[string]any, error) {
	var env map[string]any
	if err := DecodeWebhook(source, body, &env); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&env); err != nil || env == nil {
		return nil, BadFormat(source, "the body is no JSON object")
	}
	return wholeNumbers(env).(map[string]any), nil
}

func wholeNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = wholeNumbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = wholeNumbers(item)
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

// An Evaluation is of one JSON object; the first failure stays, an ErrBadFormat.
type Evaluation struct {
	Err    error
	x      Expressions
	source string
	env    map[string]any
}

// On evaluates the expressions on an object.
func (x Expressions) On(source string, env map[string]any) *Evaluation {
	return &Evaluation{x: x, source: source, env: env}
}

// Value is what the expression finds, nil where there is none.
func (e *Evaluation) Value(name string) any {
	program := e.x[name]
	if program == nil {
		return nil
	}
	machine := vm.VM{MemoryBudget: expressionMemory}
	value, err := machine.Run(program, e.env)
	if err != nil && e.Err == nil {
		// expr's own words may repeat what the body says.
		e.Err = BadFormat(e.source, "mapping.%s does not fit the body", name)
	}
	return value
}

// Yes takes nil for no.
func (e *Evaluation) Yes(name string) bool {
	value := e.Value(name)
	yes, ok := value.(bool)
	if !ok && value != nil && e.Err == nil {
		e.Err = BadFormat(e.source, "mapping.%s is neither true nor false", name)
	}
	return yes
}

// Text takes strings, numbers and booleans; anything else is "".
func (e *Evaluation) Text(name string) string { return textOf(e.Value(name)) }

// Time takes every form of Moment.
func (e *Evaluation) Time(name string) time.Time {
	value := e.Value(name)
	if t, ok := value.(time.Time); ok {
		return t
	}
	return ParseMoment(textOf(value))
}

// List takes a list of texts, or one.
func (e *Evaluation) List(name string) []string {
	value := e.Value(name)
	items, ok := value.([]any)
	if !ok {
		items = []any{value}
	}
	var out []string
	for _, item := range items {
		out = append(out, textOf(item))
	}
	return out
}

// textOf writes strings, numbers and booleans; anything else is "".
func textOf(value any) string {
	var t Text
	if raw, err := json.Marshal(value); err == nil { // infinity has no JSON
		_ = t.UnmarshalJSON(raw) // never fails
	}
	return string(t)
}
