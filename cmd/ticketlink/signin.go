package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations/openid"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// signIn is the configured identity provider, none where there is none.
func signIn(c *config.Config, now func() time.Time) worker.SignIn {
	o := c.SignIn.OIDC
	if o == nil {
		return worker.SignIn{}
	}
	return worker.SignIn{Provider: openidClient(c, now), Name: o.Name, Issuer: o.Issuer, Roles: o.Roles, Default: o.DefaultRole, Session: o.Session}
}

func openidClient(c *config.Config, now func() time.Time) *openid.Client {
	o := c.SignIn.OIDC
	return openid.New(openid.Config{Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(), Scopes: o.Scopes,
		GroupsClaim: o.RolesClaim, RedirectURL: strings.TrimSuffix(c.PublicURL, "/") + worker.CallbackPath, Clock: now})
}

// localPassword reads the password that lets people in from other machines
// where nothing else is configured, and makes one up first. It stays in its
// file: the log only says where.
func localPassword(c *config.Config, log *slog.Logger) (*worker.Token, error) {
	if c.DatabaseURL != "" || len(c.Tokens()) > 0 || c.SignIn.OIDC != nil {
		return nil, nil
	}
	file := filepath.Join(c.DataDir, "password")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(rand.Text() + "\n")
		err = os.WriteFile(file, text, 0o600)
	}
	password := strings.TrimSpace(string(text))
	if err == nil && password == "" {
		err = errors.New("it is empty; remove it and start again")
	}
	if err != nil {
		return nil, fmt.Errorf("local password in %s: %w", file, err)
	}
	log.Info("other machines sign in on the page with a password", "file", file)
	token := worker.NewToken("local password", password, nil)
	return &token, nil
}
