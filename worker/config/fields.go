package config

import (
	"reflect"
	"strings"
)

// keyOf returns a field's key in the file, "" for fields that have none.
func keyOf(f reflect.StructField) string {
	if key := f.Tag.Get("yaml"); key != "-" {
		return key
	}
	return ""
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); key != "" && keyOf(f) == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if key := keyOf(t.Field(i)); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// defaults sets what the tags of a struct and of the structs in it say. Other
// values are left as they are.
func (d *decoder) defaults(v reflect.Value) {
	if _, ok := scalars[v.Type()]; ok || v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		text, ok := f.Tag.Lookup("default")
		switch {
		case ok && f.Type.Kind() == reflect.Slice:
			v.Field(i).Set(parsedList(f.Type, text))
		case ok:
			v.Field(i).Set(parsed(f.Type, text))
		default:
			d.defaults(v.Field(i))
		}
	}
}

// parsed reads a tag's text, which a test holds to be valid.
func parsed(t reflect.Type, text string) reflect.Value {
	value, _ := scalars[t].parse(text)
	return reflect.ValueOf(value)
}

func parsedList(t reflect.Type, text string) reflect.Value {
	list := reflect.MakeSlice(t, 0, 0)
	for item := range strings.SplitSeq(text, ",") {
		list = reflect.Append(list, parsed(t.Elem(), item))
	}
	return list
}
