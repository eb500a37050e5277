//go:build !browser

package main

import (
	"context"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
)

// openBrowser opens none: the product does not carry what drives one.
func openBrowser(context.Context) (bench.Paint, func(), error) { return nil, func() {}, nil }
