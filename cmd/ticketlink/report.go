package main

import (
	"context"
	"os"
)

type reportCommand struct {
	remote
	Key    string `arg:"" help:"For example INC-42."`
	Format string `help:"markdown, html or json." enum:"markdown,html,json" default:"markdown"`
}

func (reportCommand) Help() string {
	return `Example:
  ticketlink report INC-42 --format html > impact.html`
}

func (r reportCommand) Run(ctx context.Context, c *cli) error {
	if err := r.connect(c); err != nil {
		return err
	}
	var text []byte
	if err := r.call(ctx, "GET", incidentPath(r.Key, "/report?format="+r.Format), nil, &text); err != nil {
		return err
	}
	_, err := os.Stdout.Write(text)
	return err
}
