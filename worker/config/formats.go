package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// format is a check on text that its type alone does not make. What fails one is
// not quoted in the error: a pasted URL may hold credentials.
type format struct {
	name     string // in the reference
	expected string // in errors
	valid    func(string) bool
	check    func(string) (where string, ok bool) // instead of valid, where a place in the text can be named
}

// refuses says whether a text is not of this format, and where in it that shows.
func (f format) refuses(text string) (where string, yes bool) {
	if f.check != nil {
		where, ok := f.check(text)
		return where, !ok
	}
	return "", !f.valid(text)
}

var formats = map[string]format{
	"name":         {name: "name", expected: "1 to 63 lower-case letters, digits and hyphens", valid: matches(`^[a-z0-9-]{1,63}$`)},
	"listen":       {name: "address", expected: "an address and a port, for example 127.0.0.1:8080", valid: validListen},
	"email":        {name: "e-mail address", expected: "an e-mail address", valid: validEmail},
	"currency":     {name: "currency", expected: "a currency's code, for example EUR", valid: matches(`^[A-Z]{3}$`)},
	"clock":        {name: "time of day", expected: "a time of day from 00:00 to 24:00", valid: matches(`^([01]\d|2[0-3]):[0-5]\d$|^24:00$`)},
	"holiday":      {name: "date or country", expected: "a date as in 2026-12-25, or the code of a country or a part of one as in ES or DE-BY", valid: validHoliday},
	"timezone":     {name: "time zone", expected: "a time zone's IANA name, for example Europe/Madrid", valid: validTimezone},
	"field":        {name: "field", expected: "organization_fields., user_fields. or ticket_fields. and the field's key", valid: matches(`^(organization|user|ticket)_fields\.[A-Za-z0-9_]+$`)},
	"ticket_field": {name: "field", expected: "ticket_fields. and the field's id", valid: matches(`^ticket_fields\.[A-Za-z0-9_]+$`)},
	"url":          {name: "URL", expected: "an http or https URL with nothing but host, port and path", valid: validURL},
	"postgres":     {name: "URL", expected: "postgres://user:password@host/database or host=… dbname=…", valid: validPostgres},
	"redis":        {name: "URL", expected: "redis://, rediss://, redis-socket://, redis-sentinel://host,host?master=name or redis-cluster://host,host", valid: validRedis},
	"sha256":       {name: "SHA-256", expected: "64 hexadecimal digits, as ticketlink token create prints them", valid: matches(`^[0-9a-fA-F]{64}$`)},
	"network":      {name: "network", expected: "a network or an address, for example 10.0.0.0/8 or fd00::1", valid: func(s string) bool { _, err := parseNetwork(s); return err == nil }},
	"path":         {name: "path", expected: "a path below url that begins with /", valid: matches(`^/[^#\s]*$`)},
	"expression":   {name: "expression", expected: "an expression (expr-lang.org)", check: expression},
	"condition":    {name: "condition", expected: "an expression (expr-lang.org) that is true or false", check: condition},
	"target":       {name: "URL", expected: "a notification URL in shoutrrr's form, for example slack://… or generic+https://…", valid: validTarget},
}

func matches(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

func validListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

var countryCode = regexp.MustCompile(`^[A-Z]{2,3}(-[A-Z]{2,3})?$`)

func validHoliday(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil || countryCode.MatchString(s)
}

// validTimezone refuses Local, whose meaning depends on the machine.
func validTimezone(s string) bool {
	_, err := time.LoadLocation(s)
	return err == nil && s != "Local"
}

func validURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && !strings.Contains(s, "#")
}

func validPostgres(s string) bool {
	if !strings.Contains(s, "://") {
		return strings.Contains(s, "=")
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

// validRedis accepts the forms of asynq.ParseRedisURI, and redis-cluster:// with
// its hosts separated by commas.
func validRedis(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "redis", "rediss":
		_, err := strconv.ParseUint(strings.Trim(u.Path, "/"), 10, 16)
		return u.Host != "" && (err == nil || strings.Trim(u.Path, "/") == "")
	case "redis-socket":
		return u.Path != ""
	case "redis-sentinel":
		return validHosts(u.Host) && u.Query().Get("master") != ""
	case "redis-cluster":
		return validHosts(u.Host)
	}
	return false
}

func validHosts(list string) bool { return !slices.Contains(strings.Split(list, ","), "") }

func validTarget(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && strings.Contains(s, "://")
}

// parseNetwork reads a network, or an address as the network of itself.
func parseNetwork(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr.Unmap().WithZone(""), addr.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

// loopback says whether host is this machine, by name or address.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
