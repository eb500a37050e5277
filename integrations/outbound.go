package integrations

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// ErrAddressRefused is inside the error of a connection that an Outbound refuses.
var ErrAddressRefused = errors.New("this service does not connect to such an address: see outbound.allow")

// An Outbound decides which addresses we connect to, whatever name led there.
// It looks at the address of each connection once it is resolved, so neither
// another spelling of an address nor a name that changes its answer gets past it
// (OWASP, Server Side Request Forgery Prevention).
//
// Addresses that hand out a machine's credentials or that no configuration
// means are always refused: link-local ones, with the metadata services of the
// clouds among them, and multicast. Behind an HTTP proxy it sees the proxy's
// address; the proxy then decides.
type Outbound struct {
	Allow []netip.Prefix // what is never refused
	// PublicOnly refuses private networks and this machine too. It is for
	// addresses that did not come from the configuration.
	PublicOnly bool
}

// metadata are the services, beyond link-local ones, that give a cloud's
// machine its credentials.
var metadata = prefixes(
	"fd00:ec2::/32",      // AWS, by IPv6
	"fd20:ce::254/128",   // Google, by IPv6
	"100.100.100.200/32", // Alibaba
	"168.63.129.16/32",   // Azure's host
	"192.0.0.192/32",     // Oracle, the older one
)

// notPublic are the special ranges that netip has no word for (IANA's registries
// of special-purpose addresses).
var notPublic = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}

// Check says whether we may connect to an address. The error holds
// ErrAddressRefused.
func (o Outbound) Check(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	inner := embedded(addr)
	if within(o.Allow, addr) || within(o.Allow, inner) {
		return nil
	}
	for _, a := range []netip.Addr{addr, inner} {
		if a.IsLinkLocalUnicast() || a.IsMulticast() || within(metadata, a) {
			return fmt.Errorf("%s is link-local, multicast or a cloud's metadata service: %w", addr, ErrAddressRefused)
		}
		if o.PublicOnly && (a.IsLoopback() || a.IsPrivate() || a.IsUnspecified() || within(notPublic, a)) {
			return fmt.Errorf("%s is not a public address: %w", addr, ErrAddressRefused)
		}
	}
	return nil
}

func within(list []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// embedded is the IPv4 address that an IPv6 address leads to through a
// translator (RFC 6052), 6to4 (RFC 3056) or the old compatible form; else addr.
func embedded(addr netip.Addr) netip.Addr {
	raw, at := addr.As16(), -1
	switch {
	case addr.Is4():
	case within(translated, addr):
		at = 12
	case raw[0] == 0x20 && raw[1] == 0x02:
		at = 2
	}
	if at < 0 {
		return addr
	}
	return netip.AddrFrom4([4]byte(raw[at : at+4]))
}

var translated = prefixes("64:ff9b::/96", "64:ff9b:1::/48", "::/96")

// Control is net.Dialer's hook: it sees each address before it is connected to.
func (o Outbound) Control(network, address string, _ syscall.RawConn) error {
	if network == "unix" {
		return fmt.Errorf("a socket: %w", ErrAddressRefused)
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("an address that cannot be read: %w", ErrAddressRefused)
	}
	return o.Check(to.Addr())
}

// Dialer connects to what is allowed only.
func (o Outbound) Dialer() *net.Dialer {
	return &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second, Control: o.Control}
}

// Transport is Go's default transport that connects to what is allowed only, and
// follows no redirect to another host, whoever's client it is in.
func (o Outbound) Transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext, t.Proxy = o.Dialer().DialContext, sameHostProxy
	return t
}

// errOtherHost ends a redirect to another host.
var errOtherHost = fmt.Errorf("a redirect to another host: %w", ErrAddressRefused)

// sameHostProxy takes the environment's proxy. It is asked for each request, so
// it is also where a redirect shows in a transport.
func sameHostProxy(r *http.Request) (*url.URL, error) {
	if r.Response != nil && r.Response.Request.URL.Host != r.URL.Host {
		return nil, errOtherHost
	}
	return http.ProxyFromEnvironment(r)
}
