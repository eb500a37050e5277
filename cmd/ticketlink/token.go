package main

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
)

type tokenCommand struct {
	Create createTokenCommand `cmd:"" help:"Make a token and print it once, with what the configuration holds in its place."`
}

type createTokenCommand struct {
	Name   string   `arg:"" help:"Who will use it."`
	Scopes []string `help:"What it may do: read, write, admin." enum:"read,write,admin" default:"read"`
}

func (createTokenCommand) Help() string {
	return `Nothing is stored and no service is asked: add the printed line to api_tokens and
restart. To rotate a token without a gap, add the new one beside the old one
under another name, give it to whoever uses it, then remove the old line.

Example:
  ticketlink token create chatops-2027 --scopes read,write`
}

func (t createTokenCommand) Run() error {
	token := "tl_" + rand.Text() // 128 bits and more: nothing that a hash must be slow for
	fmt.Printf("Token, shown only now:\n  %s\n\nFor the configuration, under api_tokens:\n", token)
	fmt.Printf("  - {name: %s, token_sha256: \"%x\", scopes: [%s]}\n", t.Name, sha256.Sum256([]byte(token)), strings.Join(t.Scopes, ", "))
	return nil
}
