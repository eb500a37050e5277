package zendesk

import (
	"bytes"
	"encoding/json"
)

// maxDepth is how deep a delivery may nest. Zendesk's nest four levels.
const maxDepth = 64

// top holds the values of a delivery's outermost object that tell what it is,
// as raw JSON.
type top struct {
	id, kind, ticketID []byte
}

var eventType = []byte(`"zen:event-type:`)

func (t top) isEvent() bool { return bytes.HasPrefix(t.kind, eventType) && t.eventID() != "" }

func (t top) isTrigger() bool {
	var id ident
	return t.ticketID != nil && id.UnmarshalJSON(t.ticketID) == nil && digits(string(id))
}

// eventID returns the event's id, "" where there is none worth keeping.
func (t top) eventID() string {
	if len(t.id) < 2 || t.id[0] != '"' {
		return ""
	}
	inner := t.id[1 : len(t.id)-1]
	if bytes.IndexByte(inner, '\\') < 0 && isASCII(inner) {
		return text(inner).Enum()
	}
	var id text
	if json.Unmarshal(t.id, &id) != nil {
		return ""
	}
	return id.Enum()
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// scanTop checks that body is one well-formed JSON object and returns what the
// hot path asks about. encoding/json takes five times as long for that, more
// than the signature.
func scanTop(body []byte) (top, bool) {
	var t top
	s := scanner{b: body}
	s.space()
	if s.peek() != '{' || !s.object(0, func(key, value []byte) {
		switch string(key) {
		case `"id"`:
			t.id = value
		case `"type"`:
			t.kind = value
		case `"ticket_id"`:
			t.ticketID = value
		}
	}) {
		return top{}, false
	}
	s.space()
	return t, s.i == len(s.b)
}

// A scanner walks JSON text (RFC 8259). Its methods return false where the text
// is malformed.
type scanner struct {
	b []byte
	i int
}

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

func (s *scanner) space() {
	i := s.i
	for i < len(s.b) && s.b[i] <= ' ' && (s.b[i] == ' ' || s.b[i] == '\n' || s.b[i] == '\t' || s.b[i] == '\r') {
		i++
	}
	s.i = i
}

func (s *scanner) value(depth int) bool {
	switch c := s.peek(); {
	case depth > maxDepth:
		return false
	case c == '"':
		return s.str()
	case c == '{':
		return s.object(depth, nil)
	case c == '[':
		return s.array(depth)
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	}
	return s.number()
}

// object walks an object and tells each of its keys (in quotes) and values.
func (s *scanner) object(depth int, member func(key, value []byte)) bool {
	s.i++ // the brace
	s.space()
	if s.peek() == '}' {
		s.i++
		return true
	}
	for {
		s.space()
		start := s.i
		if s.peek() != '"' || !s.str() {
			return false
		}
		key := s.b[start:s.i]
		s.space()
		if s.peek() != ':' {
			return false
		}
		s.i++
		s.space()
		start = s.i
		if !s.value(depth + 1) {
			return false
		}
		if member != nil {
			member(key, s.b[start:s.i])
		}
		if more, ok := s.next('}'); !more {
			return ok
		}
	}
}

func (s *scanner) array(depth int) bool {
	s.i++ // the bracket
	s.space()
	if s.peek() == ']' {
		s.i++
		return true
	}
	for {
		s.space()
		if !s.value(depth + 1) {
			return false
		}
		if more, ok := s.next(']'); !more {
			return ok
		}
	}
}

// next reads the comma or the closing character after an item.
func (s *scanner) next(closing byte) (more, ok bool) {
	s.space()
	c := s.peek()
	s.i++
	return c == ',', c == ',' || c == closing
}

func (s *scanner) literal(word string) bool {
	ok := bytes.HasPrefix(s.b[s.i:], []byte(word))
	s.i += len(word)
	return ok
}

// str reads a string. Most bytes of a delivery pass its inner loop.
func (s *scanner) str() bool {
	b := s.b
	for i := s.i + 1; i < len(b); i++ {
		if plain[b[i]] {
			continue
		}
		s.i = i + 1
		if b[i] == '"' {
			return true
		}
		if b[i] != '\\' || !s.escape() {
			return false
		}
		i = s.i
	}
	return false
}

// plain marks the bytes that mean nothing within a string.
var plain = func() (table [256]bool) {
	for c := ' '; c < 256; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// escape checks what follows a backslash and stops at its last character.
func (s *scanner) escape() bool {
	if s.peek() != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), s.peek()) >= 0
	}
	for range 4 {
		s.i++
		c := s.peek()
		if lower := c | 0x20; (c < '0' || c > '9') && (lower < 'a' || lower > 'f') {
			return false
		}
	}
	return true
}

func (s *scanner) number() bool {
	if s.peek() == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.peek() == '.' {
		if s.i++; !s.digits() {
			return false
		}
	}
	if s.peek()|0x20 != 'e' {
		return true
	}
	s.i++
	if c := s.peek(); c == '+' || c == '-' {
		s.i++
	}
	return s.digits()
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}
