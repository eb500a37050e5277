package incidentio

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

const (
	created = "public_incident.incident_created_v2"
	changed = "public_incident.incident_status_updated_v2"
)

func delivery(event, category, updated, timestamps string) string {
	return fmt.Sprintf(`{"event_type": %q, %q: {"id": "01FCNDV6P870EA6S7TK1DSYDG0", "reference": "INC-123", "name": "Payments fail at checkout",
		"summary": "Cards are refused", "permalink": "https://app.example/incidents/123", "mode": "standard", "visibility": "public",
		"incident_status": {"id": "s1", "name": "A status", "category": %q}, "severity": {"id": "v1", "name": "Major", "rank": 2},
		"custom_field_entries": [{"custom_field": {"id": "f1", "name": "Affected services"}, "values": [{"value_catalog_entry": {"name": "Payments"}}, {"value_option": {"value": "Checkout"}}]},
		{"custom_field": {"id": "f2", "name": "Root cause"}, "values": [{"value_text": "?"}]}],
		"incident_timestamp_values": [%s], "external_issue_reference": {"issue_permalink": "https://tracker.example/1", "provider": "jira"},
		"created_at": "2026-11-23T08:58:59Z", "updated_at": %q}}`, event, event, category, timestamps, updated)
}

func stamp(name, at string) string {
	return fmt.Sprintf(`{"incident_timestamp": {"id": "t", "name": %q}, "value": {"value": %q}}`, name, at)
}

var (
	reported = stamp("Reported at", "2026-11-23T08:58:59Z")
	firing   = delivery(created, "live", "2026-11-23T08:59:00Z", reported)
	resolved = delivery(changed, "learning", "2026-11-23T09:40:00Z", reported+","+stamp("Resolved at", "2026-11-23T09:38:00Z"))
	unknown  = `{"event_type": "public_incident.sang_v9", "public_incident.sang_v9": {"id": "S1"}}`
)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "whsec_cGxhbnRlZC1zZWNyZXQtb2YtaW5jaWRlbnQ=", Signs: true, Stamped: true,
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: func(body []byte, secret string, now time.Time) http.Header {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			panic(err)
		}
		id, at := fmt.Sprintf("msg_%d", len(body)), strconv.FormatInt(now.Unix(), 10)
		mac := integrations.HMAC(key, []byte(id+"."+at+"."), body)
		return http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {at}, "Webhook-Signature": {"v1," + base64.StdEncoding.EncodeToString(mac)}}
	},
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown) }

func TestFields(t *testing.T) {
	u := suite.Read(t, firing)
	if u.Severity != "major" || !slices.Equal(u.Services, []string{"checkout", "payments"}) || len(u.Tags) != 0 ||
		!slices.Equal(u.Links, []string{"https://tracker.example/1"}) || u.URL != "https://app.example/incidents/123" {
		t.Errorf("%+v", u)
	}
	if u := suite.Read(t, resolved); u.ResolvedAt.Format(time.TimeOnly) != "09:38:00" {
		t.Errorf("resolved at %v", u.ResolvedAt)
	}
}

func TestCategories(t *testing.T) {
	tests := []struct {
		category         string
		resolved, detail bool
	}{
		{"triage", false, true}, {"live", false, false}, {"active", false, false}, {"paused", false, false},
		{"learning", true, false}, {"closed", true, false}, {"declined", true, false}, {"merged", true, false}, {"canceled", true, false},
		{"daydreaming", false, true}, {"", false, true},
	}
	for _, tt := range tests {
		u := suite.Read(t, delivery(changed, tt.category, "2026-11-23T09:40:00Z", reported))
		if u.Resolved != tt.resolved || u.Detail != tt.detail {
			t.Errorf("%s: %+v", tt.category, u)
		}
	}
}

func TestPrivateIncidentsAreLeftOut(t *testing.T) {
	if u := suite.Read(t, `{"event_type": "private_incident.incident_created_v2", "private_incident.incident_created_v2": {"id": "01P"}}`); u.SourceKey != "" {
		t.Errorf("%+v", u)
	}
}

func TestRecordedSignature(t *testing.T) {
	var v map[string]string
	if err := json.Unmarshal(sourcetest.Recorded(t, "standard-webhooks/vector.json"), &v); err != nil {
		t.Fatal(err)
	}
	seconds, _ := strconv.ParseInt(v["webhook-timestamp"], 10, 64)
	check := integrations.Check{Secret: v["secret"], Now: time.Unix(seconds, 0), MaxAge: time.Minute}
	for _, prefix := range []string{"webhook-", "svix-"} {
		header := http.Header{}
		for _, name := range []string{"id", "timestamp", "signature"} {
			header.Set(prefix+name, v["webhook-"+name])
		}
		if err := Verify(header, []byte(v["body"]), check); err != nil {
			t.Errorf("%s: %v", prefix, err)
		}
		header.Set(prefix+"signature", "v1,AAAA v2,x "+header.Get(prefix+"signature"))
		if err := Verify(header, []byte(v["body"]), check); err != nil {
			t.Errorf("%s with several signatures: %v", prefix, err)
		}
		header.Set(prefix+"id", "msg_another")
		if err := Verify(header, []byte(v["body"]), check); !errors.Is(err, integrations.ErrBadSignature) {
			t.Errorf("%s with another id: %v", prefix, err)
		}
	}
}
