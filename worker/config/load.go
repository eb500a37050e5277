package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// FileVariable is the environment variable that names the configuration file.
const FileVariable = "TICKETLINK_CONFIG"

// Load reads the file at path, or the one that TICKETLINK_CONFIG names if path
// is "". Without either the defaults hold, and the environment. env is
// os.LookupEnv and readFile os.ReadFile, outside tests. The error is a Problems
// if the content is refused.
func Load(path string, env func(string) (string, bool), readFile func(string) ([]byte, error)) (*Config, error) {
	if path == "" {
		path, _ = env(FileVariable)
	}
	if path == "" {
		return Parse("", nil, env, readFile)
	}
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration file (from --config or %s): %w", FileVariable, err)
	}
	return Parse(path, data, env, readFile)
}

// Parse reads a configuration file's content; name stands for the file in
// errors. Environment variables (see EnvName) beat the file's top-level scalars.
func Parse(name string, data []byte, env func(string) (string, bool), readFile func(string) ([]byte, error)) (*Config, error) {
	root, err := parseYAML(name, data)
	if err != nil {
		return nil, err
	}
	c := &Config{}
	d := &decoder{surroundings: surroundings{env, readFile}, file: name, places: map[string]Place{"": {Source: name}}, texts: map[string]string{}, problemSources: map[string]bool{}}
	d.defaults(reflect.ValueOf(c).Elem())
	overridden := d.environment(reflect.ValueOf(c).Elem())
	if root != nil {
		d.places[""] = placeOf(name, root)
		d.fields(root, "", reflect.ValueOf(c).Elem(), overridden)
	}
	d.check(c)
	if len(d.problems) > 0 {
		return nil, d.problems.sorted()
	}
	return c, nil
}

// byteOrderMark is what some editors put before UTF-8; YAML allows it.
var byteOrderMark = []byte("\ufeff")

// parseYAML returns the file's one document, nil if it is empty.
func parseYAML(name string, data []byte) (ast.Node, error) {
	file, err := parser.ParseBytes(bytes.TrimPrefix(data, byteOrderMark), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxProblem(name, err)
	}
	var root ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType {
			continue
		}
		if root != nil {
			return nil, Problems{{Place: placeOf(name, doc.Body), Text: "a second YAML document; expected one"}}
		}
		root = doc.Body
	}
	return root, nil
}

// syntaxProblem keeps the parser's message and drops the source lines that it
// quotes, which may hold secrets.
func syntaxProblem(name string, err error) Problems {
	place, text := Place{Source: name}, "not valid YAML"
	if syntax, ok := errors.AsType[yaml.Error](err); ok {
		message, _, _ := strings.Cut(syntax.GetMessage(), `: "`)
		text += ": " + message
		if token := syntax.GetToken(); token != nil && token.Position != nil {
			place.Line, place.Column = token.Position.Line, token.Position.Column
		}
	}
	return Problems{{Place: place, Text: text}}
}

// EnvName returns the environment variable of a top-level scalar's key.
func EnvName(key string) string { return "TICKETLINK_" + strings.ToUpper(key) }

// environment sets the top-level scalars that have a variable, and returns
// their keys. An empty variable counts as none.
func (d *decoder) environment(v reflect.Value) map[string]bool {
	set := map[string]bool{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := keyOf(f)
		if _, ok := scalars[f.Type]; !ok || key == "" {
			continue
		}
		if text, ok := d.env(EnvName(key)); ok && text != "" {
			d.places[key] = Place{Source: EnvName(key)}
			d.scalar(text, key, v.Field(i), f.Tag)
			set[key] = true
		}
	}
	return set
}
