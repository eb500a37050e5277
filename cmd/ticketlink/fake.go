package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

type fakeCommand struct {
	Listen string `help:"Where to listen." default:"127.0.0.1:8090"`
}

// Run serves the simulated helpdesk until it is told to stop. It takes the
// credentials of the compose file's example configuration, or any.
func (f fakeCommand) Run(ctx context.Context) error {
	fake := zendeskfake.New(zendeskfake.Options{RequestsPerMinute: 700, ExportsPerMinute: 10})
	listener, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", f.Listen, err)
	}
	fmt.Fprintln(os.Stderr, "simulated helpdesk at http://"+listener.Addr().String())
	server := &http.Server{Handler: fake, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	go fake.Run(ctx)
	go fake.Simulate(ctx)
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(stop))
}
