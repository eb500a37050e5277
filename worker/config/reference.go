package config

import (
	_ "embed"
	"fmt"
	"io"
	"reflect"
	"strings"
)

//go:embed example.yaml
var example string

// Example returns a commented configuration file that names every key.
func Example() string { return example }

// Reference writes every key as Markdown: a table for the top level and one for
// each section.
func Reference(w io.Writer) error {
	r := reference{written: map[reflect.Type]string{}}
	fmt.Fprintf(&r.text, "Each key of the first table is also read from the environment (`%s` for `listen`, and so on), which beats the file. "+
		"A name is %s. Durations may begin with whole days, as in `30d`.\n\n", EnvName("listen"), formats["name"].expected)
	r.table("", reflect.TypeFor[Config]())
	_, err := io.WriteString(w, r.text.String())
	return err
}

// reference is the text so far, and where each struct was described.
type reference struct {
	text    strings.Builder
	written map[reflect.Type]string
}

// table writes the rows of t's scalars, then the sections within it.
func (r *reference) table(path string, t reflect.Type) {
	r.written[t] = path
	r.text.WriteString("| key | type | default | meaning |\n| --- | --- | --- | --- |\n")
	var sections []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		if _, inner := sectionOf(f.Type); inner {
			sections = append(sections, f)
		} else if keyOf(f) != "" {
			doc := strings.ReplaceAll(f.Tag.Get("doc"), "|", "\\|")
			fmt.Fprintf(&r.text, "| `%s` | %s | %s | %s |\n", keyOf(f), typeName(f), defaultOf(f), doc)
		}
	}
	for _, f := range sections {
		r.section(path, f)
	}
}

func (r *reference) section(path string, f reflect.StructField) {
	path = join(path, keyOf(f))
	if f.Type.Kind() == reflect.Slice {
		path += "[]"
	}
	t, _ := sectionOf(f.Type)
	if before, ok := r.written[t]; ok {
		fmt.Fprintf(&r.text, "\n**`%s`**: %s; keys as in `%s`\n", path, f.Tag.Get("doc"), before)
		return
	}
	fmt.Fprintf(&r.text, "\n**`%s`**: %s\n\n", path, f.Tag.Get("doc"))
	r.table(path, t)
}

// sectionOf returns the struct behind a field that has keys of its own.
func sectionOf(t reflect.Type) (reflect.Type, bool) {
	if _, ok := scalars[t]; ok {
		return nil, false
	}
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		return sectionOf(t.Elem())
	}
	return t, t.Kind() == reflect.Struct
}

func typeName(f reflect.StructField) string {
	if values := f.Tag.Get("enum"); values != "" {
		return listOf(f.Type) + "`" + strings.ReplaceAll(values, ",", "`, `") + "`"
	}
	t := f.Type
	if _, ok := scalars[t]; !ok {
		t = t.Elem()
	}
	name := scalars[t].name
	if format, ok := formats[f.Tag.Get("format")]; ok {
		name = format.name
	}
	if t == reflect.TypeFor[Secret]() && name != scalars[t].name {
		name += ", secret"
	}
	if f.Type.Kind() == reflect.Map {
		keys := "names"
		if known := f.Tag.Get("keys"); known != "" {
			keys = strings.ReplaceAll(known, ",", ", ")
		}
		return keys + ", each with a " + name + limitsOf(f)
	}
	return listOf(f.Type) + name + limitsOf(f)
}

func listOf(t reflect.Type) string {
	if t.Kind() == reflect.Slice {
		return "list of "
	}
	return ""
}

func limitsOf(f reflect.StructField) string {
	low, high := f.Tag.Get("min"), f.Tag.Get("max")
	switch {
	case low != "" && high != "":
		return ", " + low + " to " + high
	case low != "":
		return ", at least " + low
	}
	return ""
}

func defaultOf(f reflect.StructField) string {
	text, ok := f.Tag.Lookup("default")
	switch {
	case f.Tag.Get("required") == "true":
		return "required"
	case !ok:
		return ""
	case f.Type.Kind() == reflect.Slice:
		text = "[" + strings.ReplaceAll(text, ",", ", ") + "]"
	}
	return "`" + text + "`"
}
