package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// maxSocketPath is the shortest of the systems' limits on a unix socket's path
// (macOS: 104 bytes with the final NUL).
const maxSocketPath = 103

// port only names the socket; nothing listens on TCP.
const port = "5432"

const socketName = ".s.PGSQL." + port

// errInUse says that another process's server holds the data directory.
var errInUse = errors.New("another server runs on this data directory")

// cluster is a data directory with the programs and the account that serve it.
type cluster struct {
	dir     string
	bin     string
	account *account // nil: the account of this process
	opts    Options
}

// prepare finds the programs and creates the cluster if there is none.
func (c *cluster) prepare(ctx context.Context) error {
	major, err := majorOf(c.dir)
	if err != nil {
		return err
	}
	if c.bin, err = findPrograms(ctx, major); err != nil {
		return err
	}
	if major == "" {
		return c.create(ctx)
	}
	c.account, err = ownerOf(c.dir)
	return err
}

// majorOf reads the major version that wrote the cluster in dir, "" when there
// is no cluster yet.
func majorOf(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if len(entries) > 0 {
		return "", errors.New("the directory holds something that is not a PostgreSQL cluster; name an empty one")
	}
	return "", nil
}

// create initialises the cluster beside its final place and renames it, so
// that neither a crash half way nor a second process doing the same leaves a
// half-made cluster.
func (c *cluster) create(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(c.dir), 0o755); err != nil {
		return err
	}
	staging, err := os.MkdirTemp(filepath.Dir(c.dir), filepath.Base(c.dir)+".init-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	if c.account, err = serviceAccount(); err != nil {
		return err
	}
	if err := c.account.own(staging); err != nil {
		return err
	}
	if err := c.initdb(ctx, staging); err != nil {
		return err
	}
	return c.moveIn(staging)
}

func (c *cluster) initdb(ctx context.Context, dir string) error {
	args := []string{"--username=" + superuser, "--encoding=UTF8", "--locale=C", "--lc-ctype=" + ctype,
		"--auth=trust", "--no-instructions"}
	if c.opts.NoSync {
		args = append(args, "--no-sync")
	}
	cmd, release, err := c.command("initdb", dir, args)
	if err != nil {
		return err
	}
	defer release()
	run, err := startChild(cmd)
	if err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	if err := run.wait(ctx); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, &run.output)
	}
	return nil
}

// moveIn puts the new cluster in its place, unless another process was faster.
func (c *cluster) moveIn(staging string) error {
	if err := os.Remove(c.dir); err != nil && !errors.Is(err, os.ErrNotExist) && !c.exists() {
		return err
	}
	err := os.Rename(staging, c.dir)
	if err != nil && !c.exists() {
		return err
	}
	if err == nil {
		return nil
	}
	c.account, err = ownerOf(c.dir)
	return err
}

func (c *cluster) exists() bool {
	major, err := majorOf(c.dir)
	return err == nil && major != ""
}

// command prepares a PostgreSQL program on a data directory. Release it once
// the program has started.
//
// Under another account the directory is handed over as an open file: the
// directories above it may be closed to that account, as /root is.
func (c *cluster) command(program, dir string, args []string) (cmd *exec.Cmd, release func(), err error) {
	cmd = exec.Command(filepath.Join(c.bin, program))
	cmd.Dir = string(filepath.Separator)
	cmd.SysProcAttr = childAttributes(c.account)
	release = func() {}
	if c.account != nil {
		f, err := os.Open(dir)
		if err != nil {
			return nil, nil, err
		}
		release = func() { f.Close() }
		cmd.ExtraFiles = []*os.File{f}
		dir = "/proc/self/fd/3"
	}
	cmd.Args = append([]string{cmd.Path, "-D", dir}, args...)
	return cmd, release, nil
}

// socketDir chooses where the socket lives: in the data directory, or in a
// short directory of its own when that path is too long for a socket.
func (c *cluster) socketDir() (dir string, made bool, err error) {
	if len(filepath.Join(c.dir, socketName)) <= maxSocketPath {
		return c.dir, false, nil
	}
	dir, err = os.MkdirTemp("", "ticketlink-")
	if err != nil {
		return "", false, err
	}
	return dir, true, c.account.own(dir)
}

// launch starts the server. It says only LOG, FATAL and PANIC and those without
// detail, since an ERROR may quote a ticket.
func (c *cluster) launch(socket string) (*child, error) {
	if socket == c.dir {
		socket = "."
	}
	settings := []string{"listen_addresses=", "unix_socket_permissions=0700", "port=" + port,
		"shared_buffers=128MB", "max_connections=100", "timezone=UTC", "log_timezone=UTC",
		"cluster_name=ticketlink", "log_min_messages=log", "log_error_verbosity=terse",
		"log_checkpoints=off", "log_min_error_statement=panic"}
	if c.opts.NoSync {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := []string{"-k", socket}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	cmd, release, err := c.command("postgres", c.dir, args)
	if err != nil {
		return nil, err
	}
	defer release()
	return startChild(cmd)
}

// startFailure tells why the server ended before it was ready.
func startFailure(output string) error {
	if strings.Contains(output, `lock file "postmaster.pid" already exists`) {
		return errInUse
	}
	return fmt.Errorf("the server ended at start: %s", output)
}

// running is what a server wrote about itself in its data directory.
type running struct{ pid, socket string }

// running reads postmaster.pid: its first line is the process, its fifth the
// socket's directory. Empty when no server has got that far; after a crash it
// tells of the one that crashed.
func (c *cluster) running() running {
	b, err := os.ReadFile(filepath.Join(c.dir, "postmaster.pid"))
	lines := strings.Split(string(b), "\n")
	if err != nil || len(lines) < 5 || lines[4] == "" {
		return running{}
	}
	socket := lines[4]
	if !filepath.IsAbs(socket) {
		socket = filepath.Join(c.dir, socket)
	}
	return running{pid: lines[0], socket: socket}
}
