package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/config"
)

// A remote is a running service, reached through its API.
type remote struct {
	Server string `help:"Address of the running service. Default: where the configuration says it listens." placeholder:"URL" env:"TICKETLINK_SERVER"`
	Token  string `help:"API token. Better given as TICKETLINK_API_TOKEN: other users see arguments." placeholder:"TOKEN"`
}

// connect fills in from the configuration what the command line leaves open.
func (r *remote) connect(c *cli) error {
	conf, err := config.Load(c.Config, os.LookupEnv, os.ReadFile)
	if err != nil {
		return err
	}
	if r.Server == "" {
		r.Server = "http://" + dialable(conf.Listen)
	}
	r.Server = strings.TrimSuffix(r.Server, "/")
	for _, t := range conf.Tokens() {
		if r.Token == "" {
			r.Token = t.Token.Reveal()
		}
	}
	return nil
}

// dialable turns an address to listen on into one to call.
func dialable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

const maxAnswer = 64 << 20 // bytes

// call asks the API and decodes its answer into out; *[]byte takes it as it is.
func (r *remote) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.Server+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no ticketlink answers at %s: start one with ticketlink serve, or name it with --server (%w)", r.Server, errors.Unwrap(err))
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		return problemOf(resp.StatusCode, raw)
	}
	if text, ok := out.(*[]byte); ok {
		*text = raw
		return nil
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
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

// problemOf words an RFC 9457 problem.
func problemOf(status int, raw []byte) error {
	var p struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	if json.Unmarshal(raw, &p) != nil || p.Detail == "" {
		return fmt.Errorf("the service answered %d", status)
	}
	for _, e := range p.Errors {
		p.Detail += fmt.Sprintf("\n  %s: %s", e.Location, e.Message)
	}
	return errors.New(p.Detail)
}
