package main

import (
	"context"
	"os"

	"github.com/ticketlink/ticketlink/worker/config"
)

type referenceCommand struct {
	Example bool `help:"Print a commented example file instead."`
}

func (r referenceCommand) Run() error {
	if r.Example {
		_, err := os.Stdout.WriteString(config.Example())
		return err
	}
	return config.Reference(os.Stdout)
}

type healthCommand struct{ remote }

func (h healthCommand) Run(ctx context.Context, c *cli) error {
	if err := h.connect(c); err != nil {
		return err
	}
	var answer []byte
	return h.call(ctx, "GET", "/readyz", nil, &answer)
}
