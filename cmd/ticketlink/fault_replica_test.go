package main

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A replica is one process of the program.
type replica struct {
	program string
	addr    string
	cmd     *exec.Cmd
	ended   chan struct{}
	err     error
	log     *os.File
}

// start runs one more replica; it may take requests once ready says so.
func (p *plant) start(program string, env ...string) *replica {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	r := &replica{program: program, addr: l.Addr().String(), ended: make(chan struct{})}
	p.must(l.Close())
	r.log, err = os.CreateTemp(p.t.TempDir(), "replica")
	p.must(err)
	r.cmd = p.command(program, "serve")
	r.cmd.Env = append(append(r.cmd.Env, "TICKETLINK_LISTEN="+r.addr), env...)
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	p.must(r.cmd.Start())
	go func() { r.err = r.cmd.Wait(); close(r.ended) }()
	p.replicas = append(p.replicas, r)
	p.front.point(p.addresses()...)
	p.t.Cleanup(func() { p.end(r) })
	return r
}

func (r *replica) over() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// end stops a replica as an operator would.
func (p *plant) end(r *replica) {
	p.t.Helper()
	_ = r.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-r.ended:
	case <-time.After(30 * time.Second):
		p.t.Error("a replica did not stop within 30 seconds")
		_ = r.cmd.Process.Kill()
	}
	if p.t.Failed() {
		log, _ := os.ReadFile(r.log.Name())
		p.t.Logf("replica %s (%v):\n%s", r.addr, r.err, log[max(0, len(log)-6000):])
	}
	r.log.Close()
}

func (p *plant) addresses() (all []address) {
	for _, r := range p.replicas {
		all = append(all, address{"tcp", r.addr})
	}
	return all
}

// command prepares the program with the plant's configuration and clock.
func (p *plant) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "TICKETLINK_CONFIG="+p.config, "TICKETLINK_CLOCK_FILE="+p.clockFile)
	return cmd
}

func (p *plant) ready(r *replica) {
	p.t.Helper()
	p.until("a replica is ready", func() bool {
		if r.over() {
			p.t.Fatalf("a replica ended: %v", r.err)
		}
		resp, err := http.Get("http://" + r.addr + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
