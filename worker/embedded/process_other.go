//go:build !unix

package embedded

import (
	"errors"
	"syscall"
)

const ctype = "C"

// account is whom a program runs as; outside Unix always this process's own.
type account struct{}

func (*account) own(string) error { return nil }

func serviceAccount() (*account, error) {
	return nil, errors.New("no embedded PostgreSQL on this system: set database_url")
}

func ownerOf(string) (*account, error) { return serviceAccount() }

func childAttributes(*account) *syscall.SysProcAttr { return nil }
