package alertmanager

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func suite(credentials func(secret string) Credentials) sourcetest.Source {
	return sourcetest.Source{
		Verify: func(header http.Header, body []byte, c integrations.Check) error {
			return Authorize(header, body, credentials(c.Secret), c)
		},
		DedupKey: func(_ http.Header, body []byte, now time.Time) (string, error) { return DedupKey(body, now) },
		Decode:   Decode, Secret: "planted-secret-of-alertmanager",
		Firing: group("firing", firing), Resolved: group("resolved", strings.Replace(firing, `"status": "firing"`, `"status": "resolved"`, 1)),
	}
}

func TestConformanceWithABearerToken(t *testing.T) {
	s := suite(func(secret string) Credentials { return Credentials{Bearer: secret} })
	s.Sign = sourcetest.SendBearer
	sourcetest.Run(t, s)
}

func TestConformanceWithGrafanasSignature(t *testing.T) {
	s := suite(func(secret string) Credentials { return Credentials{Secret: secret} })
	s.Signs, s.Stamped = true, true
	s.Sign = func(body []byte, secret string, now time.Time) http.Header {
		at := strconv.FormatInt(now.Unix(), 10)
		return http.Header{TimestampHeader: {at}, SignatureHeader: {hex.EncodeToString(integrations.HMAC([]byte(secret), []byte(at+":"), body))}}
	}
	sourcetest.Run(t, s)
}

// Grafana signs the body alone where its contact point names no timestamp header.
func TestGrafanasSignatureWithoutTimestamp(t *testing.T) {
	body := []byte(group("firing", firing))
	header := http.Header{SignatureHeader: {hex.EncodeToString(integrations.HMAC([]byte("s"), body))}}
	if err := Authorize(header, body, Credentials{Secret: "s"}, integrations.Check{}); err != nil {
		t.Error(err)
	}
	if err := Authorize(header, append(body, ' '), Credentials{Secret: "s"}, integrations.Check{}); err == nil {
		t.Error("another body passes")
	}
}
