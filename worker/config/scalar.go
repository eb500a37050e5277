package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// text returns a scalar's text as it was written.
func (d *decoder) text(n ast.Node, path string, t reflect.Type) (string, bool) {
	switch s := n.(type) {
	case *ast.LiteralNode:
		return s.Value.Value, true
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
	case ast.ScalarNode:
		return s.GetToken().Value, true
	}
	d.problem(path, "is %s; expected %s", describe(n), scalars[t].expected)
	return "", false
}

// scalar sets v from text after expansion, and checks it against the tag.
func (d *decoder) scalar(text, path string, v reflect.Value, tag reflect.StructTag) {
	d.texts[path] = text
	expanded, wrong := d.expand(text)
	if wrong != "" {
		d.problem(path, "%s", wrong)
		return
	}
	kind := scalars[v.Type()]
	value, ok := kind.parse(expanded)
	if !ok {
		d.problem(path, "%s; expected %s", invalid(text, v.Type()), kind.expected)
		return
	}
	if wrong := refuse(text, expanded, reflect.ValueOf(value), tag); wrong != "" {
		d.problem(path, "%s", wrong)
		return
	}
	v.Set(reflect.ValueOf(value))
}

func invalid(text string, t reflect.Type) string {
	if t == reflect.TypeFor[Secret]() {
		return "is not valid"
	}
	return fmt.Sprintf("%q is not valid", text)
}

// refuse says what the tag has against a value, "" if nothing. text is how it
// was written, expanded what that stands for.
func refuse(text, expanded string, v reflect.Value, tag reflect.StructTag) string {
	low, high := tag.Get("min"), tag.Get("max")
	allowed := strings.Split(tag.Get("enum"), ",")
	where, malformed := "", false
	f, hasFormat := formats[tag.Get("format")]
	if hasFormat && expanded != "" {
		where, malformed = f.refuses(expanded)
	}
	switch {
	case expanded == "" && tag.Get("required") == "true":
		return "is empty; " + tag.Get("doc")
	case malformed:
		return "is not valid" + where + "; expected " + f.expected
	case tag.Get("enum") != "" && !slices.Contains(allowed, expanded):
		return fmt.Sprintf("%q is not known; %s", text, expected(expanded, allowed))
	case low != "" && less(v, parsed(v.Type(), low)):
		return fmt.Sprintf("%q is too small; expected at least %s", text, low)
	case high != "" && less(parsed(v.Type(), high), v):
		return fmt.Sprintf("%q is too large; expected at most %s", text, high)
	}
	return ""
}

func less(a, b reflect.Value) bool {
	if a.CanFloat() {
		return a.Float() < b.Float()
	}
	return a.Int() < b.Int()
}
