package main

import (
	"context"
	"encoding/json"
	"fmt"
)

type modelCommand struct {
	Show  showModelCommand  `cmd:"" help:"Print what people's decisions have taught the matcher, as JSON."`
	Reset resetModelCommand `cmd:"" help:"Forget a part of it. Links stay as they are; open suggestions are scored again."`
}

type showModelCommand struct{ remote }

func (s showModelCommand) Run(ctx context.Context, c *cli) error {
	return s.print(ctx, c, "GET", "/api/v1/model", nil)
}

type resetModelCommand struct {
	remote
	Part string `arg:"" help:"associations, tag, lag, platt or all." enum:"associations,tag,lag,platt,all"`
}

func (r resetModelCommand) Run(ctx context.Context, c *cli) error {
	return r.print(ctx, c, "POST", "/api/v1/model/reset", map[string]string{"part": r.Part})
}

// print calls the API and prints its answer, indented.
func (r *remote) print(ctx context.Context, c *cli, method, path string, body any) error {
	if err := r.connect(c); err != nil {
		return err
	}
	var answer any
	if err := r.call(ctx, method, path, body, &answer); err != nil {
		return err
	}
	text, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return fmt.Errorf("print answer: %w", err)
	}
	fmt.Printf("%s\n", text)
	return nil
}
