package sourcetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/ticketlink/ticketlink/integrations"
)

// Change returns a copy of a JSON body in which every value that f answers for
// is another one. Paths are written as in /alerts/0/status.
func Change(t *testing.T, body string, f func(path string, value any) (any, bool)) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(changed("", value, f))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func changed(path string, value any, f func(string, any) (any, bool)) any {
	if other, ok := f(path, value); ok {
		return other
	}
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = changed(path+"/"+key, item, f)
		}
	case []any:
		for i, item := range v {
			v[i] = changed(fmt.Sprintf("%s/%d", path, i), item, f)
		}
	}
	return value
}

// Paths are those of every value in a body.
func Paths(t *testing.T, body string) (all []string) {
	Change(t, body, func(path string, _ any) (any, bool) {
		all = append(all, path)
		return nil, false
	})
	return all
}

// Odd are values of other types and sizes than anybody expects.
func Odd() []any {
	return []any{nil, 7, -1e300, true, "", "x", "\x00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
		[]any{}, []any{nil, 7, "x"}, map[string]any{}, map[string]any{"id": nil, "name": []any{}}}
}

// oddValues: each value in turn is null, of another type or gone wild. The
// delivery is refused or read; it never breaks anything.
func (s Source) oddValues(t *testing.T) {
	for _, body := range []string{s.Firing, s.Resolved} {
		for _, path := range Paths(t, body) {
			for _, value := range Odd() {
				other := Change(t, body, func(p string, _ any) (any, bool) { return value, p == path })
				u, err := s.Decode([]byte(other))
				expectCleanOrRefused(t, fmt.Sprintf("%s is %v", path, value), u, err)
			}
		}
	}
}

// Alphabets are texts, and what becomes of them as a title.
func Alphabets() map[string]string {
	return map[string]string{
		"支付失败 — оплата не проходит 🔥": "支付失败 — оплата не проходит 🔥",
		"الدفع فشل":              "الدفع فشل",
		"a\x00b\x07c":            "abc",
		"half \xed\xa0\x80 pair": "half \uFFFD\uFFFD\uFFFD pair",
		strings.Repeat("é", 2*integrations.MaxSubject): strings.Repeat("é", integrations.MaxSubject/2),
	}
}

// unicode: every alphabet comes through, and what a database cannot store does not.
func (s Source) unicode(t *testing.T) {
	title := s.Read(t, s.Firing).Title
	for text, want := range Alphabets() {
		body := Change(t, s.Firing, func(_ string, v any) (any, bool) {
			old, ok := v.(string)
			return strings.ReplaceAll(old, title, text), ok && strings.Contains(old, title)
		})
		if got := s.Read(t, body).Title; got != want {
			t.Errorf("%.40q became %.60q", text, got)
		}
	}
}

// timeZones: the same moment in another offset is the same moment.
func (s Source) timeZones(t *testing.T) {
	there := time.FixedZone("", -(9*60+30)*60)
	for _, body := range []string{s.Firing, s.Resolved} {
		other := Change(t, body, func(_ string, v any) (any, bool) {
			text, _ := v.(string)
			at, err := time.Parse(time.RFC3339Nano, text)
			return at.In(there).Format(time.RFC3339Nano), err == nil && at.Year() > 1
		})
		if diff := cmp.Diff(s.Read(t, body), s.Read(t, other), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("in another time zone it means something else: %s", diff)
		}
	}
}

// hostileSizes: long texts, long lists and deep nesting end in a bounded update.
func (s Source) hostileSizes(t *testing.T) {
	const long, many, deep = 300_000, 3_000, 9_000
	nested := any("x")
	for range deep {
		nested = []any{nested}
	}
	bodies := map[string]string{
		"long texts": Change(t, s.Firing, func(_ string, v any) (any, bool) {
			text, ok := v.(string)
			return text + strings.Repeat(" é\u202e", long/6), ok && len(text) > 12
		}),
		"long lists": Change(t, s.Firing, func(_ string, v any) (any, bool) {
			list, ok := v.([]any)
			var longer []any
			for len(list) > 0 && len(longer) < many {
				longer = append(longer, list...)
			}
			return longer, ok
		}),
		"deep nesting": Change(t, s.Firing, func(path string, v any) (any, bool) {
			all, ok := v.(map[string]any)
			if ok && path == "" {
				all["zz_nested"] = nested
			}
			return nil, false
		}),
	}
	for name, body := range bodies {
		u, err := s.Decode([]byte(body))
		expectCleanOrRefused(t, name, u, err)
		if n := len(u.Services) + len(u.Tags) + len(u.Regions); n > 3*integrations.MaxTags {
			t.Errorf("%s: %d services, tags and regions", name, n)
		}
	}
}
