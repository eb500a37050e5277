package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

const ctype = "C.UTF-8"

// account is whom a program runs as, when not as this process.
type account struct{ uid, gid uint32 }

// own gives dir to the account; the nil account leaves it as it is.
func (a *account) own(dir string) error {
	if a == nil {
		return nil
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}

// serviceAccount is whom a new cluster belongs to: nil, this process's own
// account, unless that is root.
func serviceAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		return &account{uint32(uid), uint32(gid)}, errors.Join(uidErr, gidErr)
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a postgres nor a nobody account to run it")
}

// ownerOf is whom an existing cluster belongs to, nil for this process's own
// account. Only root can run it for another.
func ownerOf(dir string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, errors.New("the directory's owner is unknown")
	}
	if st.Uid == 0 {
		return nil, fmt.Errorf("PostgreSQL does not run as root: give the directory to another account, such as with chown -R nobody %s", dir)
	}
	return &account{st.Uid, st.Gid}, nil
}

// childAttributes make a program die with its parent and keep a terminal's
// Ctrl-C from it: we stop it ourselves, last.
func childAttributes(a *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}
