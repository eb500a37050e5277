//go:build unix && !linux

package embedded

import (
	"errors"
	"os"
	"syscall"
)

const ctype = "UTF-8"

// account is whom a program runs as; outside Linux always this process's own.
type account struct{}

func (*account) own(string) error { return nil }

func serviceAccount() (*account, error) {
	if os.Geteuid() == 0 {
		return nil, errors.New("PostgreSQL does not run as root: run ticketlink as an ordinary user, or set database_url")
	}
	return nil, nil
}

func ownerOf(string) (*account, error) { return serviceAccount() }

// childAttributes keep a terminal's Ctrl-C from a program: we stop it
// ourselves, last.
func childAttributes(*account) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
