package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder fills structs from YAML nodes, collecting every problem. A key's path
// is written as in follow_up.overrides[0].when.
type decoder struct {
	surroundings
	file     string
	places   map[string]Place  // where each path was written; "" is the file as a whole
	texts    map[string]string // the scalars as written, before expansion
	problems Problems
	warnings []string
	// problemSources are the helpdesks whose problem tickets a source takes.
	problemSources map[string]bool
}

// problem notes what is wrong with the value at path, at the place where it or
// the nearest part around it was written.
func (d *decoder) problem(path, text string, args ...any) {
	d.problems = append(d.problems, Problem{Place: d.place(path), Key: path, Text: fmt.Sprintf(text, args...)})
}

func (d *decoder) place(path string) Place {
	for at := path; at != ""; at = at[:max(strings.LastIndexAny(at, ".["), 0)] {
		if place, ok := d.places[at]; ok {
			return place
		}
	}
	return d.places[""]
}

func placeOf(source string, n ast.Node) Place {
	token := n.GetToken()
	if pairs, ok := n.(ast.MapNode); ok {
		if it := pairs.MapRange(); it.Next() {
			token = it.Key().GetToken()
		}
	}
	if token == nil || token.Position == nil {
		return Place{Source: source}
	}
	return Place{Source: source, Line: token.Position.Line, Column: token.Position.Column}
}

// fields fills the struct v. Keys in skip were set already and are left alone.
func (d *decoder) fields(n ast.Node, path string, v reflect.Value, skip map[string]bool) {
	pairs, ok := n.(ast.MapNode)
	if !ok {
		d.problem(path, "is %s; expected keys and values", describe(n))
		return
	}
	seen := map[string]bool{}
	for it := pairs.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		at := join(path, key)
		field, known := fieldOf(v.Type(), key)
		switch {
		case !known:
			d.unknown(it.Key(), at, key, keysOf(v.Type()))
		case seen[key]:
			d.places[at] = placeOf(d.file, it.Key())
			d.problem(at, "is given twice")
		case !skip[key]:
			d.value(it.Value(), at, v.FieldByIndex(field.Index), field.Tag)
		}
		seen[key] = true
	}
	d.required(path, v.Type(), seen)
}

func (d *decoder) unknown(key ast.Node, path, name string, known []string) {
	d.problems = append(d.problems, Problem{Place: placeOf(d.file, key), Key: path, Text: "unknown key; " + expected(name, known)})
}

func (d *decoder) required(path string, t reflect.Type, seen map[string]bool) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("required") == "true" && !seen[keyOf(f)] {
			d.problem(join(path, keyOf(f)), "is missing; %s", f.Tag.Get("doc"))
		}
	}
}

// value fills v, which holds its default, from n. Null leaves the default.
func (d *decoder) value(n ast.Node, path string, v reflect.Value, tag reflect.StructTag) {
	d.places[path] = placeOf(d.file, n)
	if n.Type() == ast.NullType {
		if tag.Get("required") == "true" {
			d.problem(path, "is empty; %s", tag.Get("doc"))
		}
		return
	}
	if _, ok := scalars[v.Type()]; ok {
		if text, ok := d.text(n, path, v.Type()); ok {
			d.scalar(text, path, v, tag)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.fields(n, path, v, nil)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.defaults(v.Elem())
		d.value(n, path, v.Elem(), tag)
	case reflect.Slice:
		d.list(n, path, v, tag)
	case reflect.Map:
		d.entries(n, path, v, tag)
	}
}

func (d *decoder) list(n ast.Node, path string, v reflect.Value, tag reflect.StructTag) {
	items, ok := n.(*ast.SequenceNode)
	if !ok {
		d.problem(path, "is %s; expected a list", describe(n))
		return
	}
	if len(items.Values) == 0 && tag.Get("required") == "true" {
		d.problem(path, "is empty; %s", tag.Get("doc"))
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items.Values), len(items.Values)))
	for i, item := range items.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item.Type() == ast.NullType {
			d.places[at] = placeOf(d.file, item)
			d.problem(at, "is empty; expected a value or no item")
			continue
		}
		d.defaults(v.Index(i))
		d.value(item, at, v.Index(i), tag)
	}
}

// entries fills a map whose keys are free, or listed in the tag "keys".
func (d *decoder) entries(n ast.Node, path string, v reflect.Value, tag reflect.StructTag) {
	pairs, ok := n.(ast.MapNode)
	if !ok {
		d.problem(path, "is %s; expected keys and values", describe(n))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for it := pairs.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		if known := tag.Get("keys"); known != "" && !slices.Contains(strings.Split(known, ","), key) {
			d.unknown(it.Key(), join(path, key), key, strings.Split(known, ","))
			continue
		}
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(it.Value(), join(path, key), element, tag)
		v.SetMapIndex(reflect.ValueOf(key), element)
	}
}

func describe(n ast.Node) string {
	switch n.(type) {
	case ast.MapNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return "a YAML anchor, alias or tag, which are not read here"
	}
	return "a single value"
}
