package integrations

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// Which addresses are refused: always, and only for what other systems named.
func TestOutboundCheck(t *testing.T) {
	const always, named, never = "always", "where another system named it", "never"
	tests := []struct{ addr, refused string }{
		{"169.253.255.255", never},
		{"169.254.0.0", always},
		{"169.254.169.254", always}, // AWS, Google, Azure, Oracle, …
		{"169.254.255.255", always},
		{"169.255.0.0", never},
		{"::ffff:169.254.169.254", always}, // IPv4 in IPv6
		{"::169.254.169.254", always},      // the old compatible form
		{"64:ff9b::a9fe:a9fe", always},     // through a translator
		{"64:ff9b:1::a9fe:a9fe", always},   // through a local one
		{"2002:a9fe:a9fe::1", always},      // 6to4
		{"64:ff9b::808:808", never},        // 8.8.8.8 through a translator
		{"fe80::a9fe:a9fe%eth0", always},   // with a zone
		{"fe7f:ffff::1", never},            // just below link-local
		{"fec0::1", named},                 // just above: the old site-local
		{"fd00:ec2::254", always},          // AWS
		{"fd20:ce::254", always},           // Google
		{"100.100.100.200", always},        // Alibaba
		{"100.100.100.201", named},         // its neighbour is only shared address space
		{"168.63.129.16", always},          // Azure
		{"192.0.0.192", always},            // Oracle
		{"224.0.0.1", always},              // multicast
		{"ff02::1", always},                // multicast
		{"127.0.0.1", named},               // this machine
		{"::1", named},                     // this machine
		{"::ffff:127.0.0.1", named},        // this machine
		{"0.0.0.0", named},                 // reaches this machine on Linux
		{"::", named},                      // likewise
		{"9.255.255.255", never},           // below 10/8
		{"10.0.0.0", named},                //
		{"10.255.255.255", named},          //
		{"11.0.0.0", never},                //
		{"172.15.255.255", never},          // below 172.16/12
		{"172.16.0.0", named},              //
		{"172.31.255.255", named},          //
		{"172.32.0.0", never},              //
		{"192.168.0.1", named},             //
		{"64:ff9b::c0a8:1", named},         // 192.168.0.1 through a translator
		{"100.63.255.255", never},          // below shared address space
		{"100.64.0.0", named},              //
		{"fd12:3456::1", named},            // unique local
		{"198.51.100.7", named},            // documentation
		{"255.255.255.255", named},         // broadcast
		{"8.8.8.8", never},                 //
		{"2606:4700:4700::1111", never},    //
	}
	for _, test := range tests {
		t.Run(test.addr, func(t *testing.T) {
			addr := netip.MustParseAddr(test.addr)
			for _, o := range []Outbound{{}, {PublicOnly: true}} {
				want := test.refused == always || test.refused == named && o.PublicOnly
				if err := o.Check(addr); errors.Is(err, ErrAddressRefused) != want {
					t.Errorf("public only: %v: got %v, want refused: %v", o.PublicOnly, err, want)
				}
			}
		})
	}
}

// What outbound.allow names is reached, its neighbours are not.
func TestOutboundAllow(t *testing.T) {
	o := Outbound{PublicOnly: true, Allow: prefixes("169.254.10.0/24", "10.1.0.0/16")}
	for addr, want := range map[string]bool{
		"169.254.9.255": false, "169.254.10.0": true, "::ffff:169.254.10.255": true, "169.254.11.0": false,
		"10.0.255.255": false, "10.1.0.0": true, "64:ff9b::a01:1": true, "10.2.0.0": false,
	} {
		if err := o.Check(netip.MustParseAddr(addr)); (err == nil) != want {
			t.Errorf("%s: got %v, want reached: %v", addr, err, want)
		}
	}
}

// However a metadata address is written, no connection is made to it: what
// counts is what the resolver makes of a form, as libc's does of hexadecimal
// ones. Go itself looks up no name that is all digits and dots.
func TestOutboundForms(t *testing.T) {
	dialer := Outbound{}.Dialer()
	dialer.Resolver = resolver([4]byte{169, 254, 169, 254})
	for _, host := range []string{
		"169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe",
		"0251.0376.0251.0376", "169.254.43518", "169.16689662", "[64:ff9b::a9fe:a9fe]",
	} {
		_, err := dialer.DialContext(t.Context(), "tcp", host+":80")
		_, noName := errors.AsType[*net.DNSError](err)
		if digits := strings.Trim(host, "0123456789.") == ""; !errors.Is(err, ErrAddressRefused) && !(digits && noName) {
			t.Errorf("%s: got %v, want it refused", host, err)
		}
	}
	for _, network := range []string{"unix", "tcp"} {
		if err := (Outbound{}).Control(network, "/run/docker.sock", nil); !errors.Is(err, ErrAddressRefused) {
			t.Errorf("%s: got %v, want a socket refused", network, err)
		}
	}
}

// A name that answers with an allowed address once and with another later, as
// DNS rebinding does, is held to the address of each connection.
func TestOutboundRebinding(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	transport := Outbound{}.Transport()
	dialer := Outbound{}.Dialer()
	dialer.Resolver = resolver([4]byte{127, 0, 0, 1}, [4]byte{169, 254, 169, 254})
	transport.DialContext, transport.DisableKeepAlives = dialer.DialContext, true
	client := &http.Client{Transport: transport}

	res, err := client.Get("http://rebind.example.:" + port)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if _, err = client.Get("http://rebind.example.:" + port); !errors.Is(err, ErrAddressRefused) {
		t.Errorf("the second time: got %v, want it refused", err)
	}
}

// resolver gives every name the first of the addresses when it is first asked,
// then the next, at last always the last one.
func resolver(answers ...[4]byte) *net.Resolver {
	var asked atomic.Int32
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go answerDNS(there, answers, &asked)
		return here, nil
	}}
}

// answerDNS answers questions over TCP (RFC 1035).
func answerDNS(conn net.Conn, answers [][4]byte, asked *atomic.Int32) {
	defer conn.Close()
	for {
		var size uint16
		if binary.Read(conn, binary.BigEndian, &size) != nil {
			return
		}
		q := make([]byte, size)
		if _, err := io.ReadFull(conn, q); err != nil {
			return
		}
		end := 12 + strings.IndexByte(string(q[12:]), 0) + 5
		reply := append([]byte{}, q[:end]...)
		reply[2], reply[3] = 0x81, 0x80
		copy(reply[4:12], []byte{0, 1, 0, 0, 0, 0, 0, 0})
		if q[end-3] == 1 { // A
			n := min(int(asked.Add(1)), len(answers))
			reply[7] = 1
			reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
			reply = append(reply, answers[n-1][:]...)
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

// Whoever's client a transport of ours is in: a redirect to another host ends
// there, one on the same host is followed.
func TestOutboundRedirects(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/home":
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	client := &http.Client{Transport: Outbound{}.Transport()}
	res, err := client.Post(server.URL+"/home", "text/plain", strings.NewReader("planted-secret"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if _, err := client.Post(server.URL+"/away", "text/plain", strings.NewReader("planted-secret")); !errors.Is(err, ErrAddressRefused) || reached {
		t.Errorf("got %v (reached: %v), want no request to the other host", err, reached)
	}
}

// A refused address is not tried again, and the error says what to do.
func TestClientOfRefusedAddress(t *testing.T) {
	client, err := NewHTTPClient(HTTPConfig{Name: "acme", URL: "http://169.254.169.254", Line: Line{Transport: Outbound{}.Transport()}})
	if err != nil {
		t.Fatal(err)
	}
	err = client.Do(t.Context(), Call{Op: "ask", Path: "/latest/meta-data"})
	if e := asError(t, err); e.Kind != Refused || !strings.Contains(err.Error(), "outbound.allow") {
		t.Errorf("got %v, want it refused with a hint at outbound.allow", err)
	}
}
