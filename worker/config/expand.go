package config

import (
	"fmt"
	"regexp"
	"strings"
)

// surroundings are what a configuration may take values from.
type surroundings struct {
	env      func(string) (string, bool)
	readFile func(string) ([]byte, error)
}

var references = regexp.MustCompile(`\$?\$\{([^}]*)\}?`)
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand replaces ${NAME} by the environment and ${file:PATH} by a file's text
// without its trailing line break; $${ stands for ${ itself. What it put in is
// not expanded again. It returns what is wrong, "" if nothing is.
func (s surroundings) expand(text string) (expanded, wrong string) {
	expanded = references.ReplaceAllStringFunc(text, func(ref string) string {
		if strings.HasPrefix(ref, "$$") {
			return ref[1:]
		}
		name, closed := strings.CutSuffix(ref[2:], "}")
		if !closed {
			wrong = "${ without }; expected ${NAME}, ${file:PATH}, or $${ for the characters themselves"
			return ""
		}
		value, problem := s.lookup(name)
		if problem != "" {
			wrong = problem
		}
		return value
	})
	return expanded, wrong
}

func (s surroundings) lookup(name string) (value, wrong string) {
	if path, isFile := strings.CutPrefix(name, "file:"); isFile {
		return s.file(path)
	}
	if !variableName.MatchString(name) {
		return "", "a ${…} that names no variable; expected ${NAME} or ${file:PATH}, or $${ for the characters themselves"
	}
	value, set := s.env(name)
	if !set || value == "" {
		return "", fmt.Sprintf("environment variable %s is not set", name)
	}
	return value, ""
}

func (s surroundings) file(path string) (value, wrong string) {
	data, err := s.readFile(path)
	if err != nil {
		return "", fmt.Sprintf("cannot read the secret: %v", err)
	}
	value = strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return "", fmt.Sprintf("the secret file %s is empty", path)
	}
	return value, ""
}
