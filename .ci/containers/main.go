// Command containers checks docker-compose.yml and the Dockerfile without a
// container engine: Compose's own loader reads the one against the Compose
// specification, BuildKit's own parser the other. It is a module of its own,
// since nothing else needs what it depends on.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	problems := append(checkCompose(os.Args[1]), checkDockerfile(os.Args[2])...)
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}

// pinned is an image with a version of at least two numbers, or a tag that is
// rebuilt by design.
var pinned = regexp.MustCompile(`:v?\d+\.\d+|:nonroot$`)

func checkCompose(file string) (problems []string) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		return []string{err.Error()}
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return []string{err.Error()}
	}
	for name, s := range project.Services {
		if s.Build == nil && !pinned.MatchString(s.Image) {
			problems = append(problems, fmt.Sprintf("%s: image %s has no version", name, s.Image))
		}
		problems = append(problems, missingFiles(name, s)...)
	}
	return problems
}

// missingFiles are those that a service mounts and that are not there: an
// engine would make empty directories of them.
func missingFiles(name string, s types.ServiceConfig) (problems []string) {
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if _, err := os.Stat(v.Source); err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", name, err))
		}
	}
	return problems
}

func checkDockerfile(file string) (problems []string) {
	b, err := os.ReadFile(file)
	if err != nil {
		return []string{err.Error()}
	}
	tree, err := parser.Parse(bytes.NewReader(b))
	if err != nil {
		return []string{err.Error()}
	}
	for _, w := range tree.Warnings {
		problems = append(problems, file+": "+w.Short)
	}
	stages, _, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		return append(problems, err.Error())
	}
	for _, s := range stages {
		if !pinned.MatchString(s.BaseName) {
			problems = append(problems, fmt.Sprintf("%s: base image %s has no version", file, s.BaseName))
		}
	}
	last := stages[len(stages)-1]
	if !strings.HasSuffix(last.BaseName, ":nonroot") {
		problems = append(problems, file+": the image runs as root")
	}
	return problems
}
