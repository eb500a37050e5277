package embedded

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// child is a program that ends with this process.
type child struct {
	process *os.Process
	ended   chan struct{}
	// Readable once ended is closed:
	err    error
	output tail
}

// startChild starts cmd from a thread that lives as long as cmd does: Linux
// sends the parent-death signal when the starting thread ends, not the process.
func startChild(cmd *exec.Cmd) (*child, error) {
	c := &child{ended: make(chan struct{})}
	cmd.Env = PlainEnvironment(os.Environ())
	cmd.Stdout, cmd.Stderr = &c.output, &c.output
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			c.err = cmd.Wait()
			close(c.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	c.process = cmd.Process
	return c, nil
}

// PlainEnvironment leaves out of ours what a server has no use for: the
// configuration's secrets are there.
func PlainEnvironment(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return !slices.Contains([]string{"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH"}, name) && !strings.HasPrefix(name, "LC_")
	})
}

func (c *child) done() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// wait returns how the program ended. When ctx ends first the program is killed.
func (c *child) wait(ctx context.Context) error {
	select {
	case <-c.ended:
		return c.err
	case <-ctx.Done():
		return errors.Join(ctx.Err(), c.kill())
	}
}

// stop interrupts the program, if it still runs, and waits for it.
func (c *child) stop(ctx context.Context) error {
	if c.done() {
		return nil
	}
	if err := c.process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return c.wait(ctx)
}

func (c *child) kill() error {
	err := c.process.Kill()
	<-c.ended
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// tail keeps the end of a program's output, where the cause of a failure is.
type tail struct{ kept []byte }

const tailSize = 2048

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-tailSize):]
	return len(p), nil
}

// String is the last lines in one.
func (t *tail) String() string {
	lines := strings.Split(strings.TrimSpace(string(t.kept)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
