package main

import (
	"net"
	"sync"
	"testing"
	"time"
)

// A proxy is a network that can be made to fail: everything between the parts
// of a plant goes through one.
type proxy struct {
	listener net.Listener

	mu      sync.Mutex
	targets []address // tried in turn, the first that answers
	turn    int
	mode    proxyMode
	healed  chan struct{} // closed when a stall ends
	conns   map[net.Conn]bool
}

type address struct{ network, at string }

type proxyMode int

const (
	passes  proxyMode = iota
	refuses           // connections are cut, new ones too
	stalls            // connections stay and nothing comes through
	drags             // everything takes a while
)

const dragging = 30 * time.Millisecond // for each packet

func newProxy(t *testing.T, targets ...address) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, targets: targets, conns: map[net.Conn]bool{}, healed: make(chan struct{})}
	close(p.healed)
	t.Cleanup(func() { l.Close(); p.set(refuses) })
	go p.serve()
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

// set changes how the network is. Cut connections end with a reset.
func (p *proxy) set(m proxyMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == stalls && m != stalls {
		close(p.healed)
	}
	if m == stalls && p.mode != stalls {
		p.healed = make(chan struct{})
	}
	p.mode = m
	if m == refuses {
		p.cut()
	}
}

// reset cuts what is connected and takes new connections.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut()
}

func (p *proxy) cut() {
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // it may be closed by now
		}
		c.Close()
	}
	clear(p.conns)
}

// point sends new connections elsewhere.
func (p *proxy) point(targets ...address) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.targets = targets
}

func (p *proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.connect(c)
	}
}

func (p *proxy) connect(client net.Conn) {
	defer client.Close()
	server := p.dial()
	if server == nil || !p.keep(client, server) {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() { p.copy(server, client) })
	both.Go(func() { p.copy(client, server) })
	both.Wait()
}

func (p *proxy) dial() net.Conn {
	p.mu.Lock()
	targets, first := p.targets, p.turn
	p.turn++
	p.mu.Unlock()
	for i := range targets {
		a := targets[(first+i)%len(targets)]
		if c, err := net.Dial(a.network, a.at); err == nil {
			return c
		}
	}
	return nil
}

func (p *proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
	if p.mode == refuses {
		p.cut()
		return false
	}
	return true
}

// copy moves packets as the network allows, and ends the other way with its own.
func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil && n == 0 {
			return
		}
		p.mu.Lock()
		mode, healed := p.mode, p.healed
		p.mu.Unlock()
		if mode == drags {
			<-time.After(dragging)
		}
		<-healed
		if _, err := to.Write(buffer[:n]); err != nil || n == 0 {
			return
		}
	}
}
