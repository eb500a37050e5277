package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/nicholas-fedor/shoutrrr/pkg/util/jsonclient"

	"github.com/ticketlink/ticketlink/integrations"
)

// slackCodes are the answers of Slack that say what to do
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
var slackCodes = map[string]integrations.Kind{
	"account_inactive":  integrations.Unauthorized,
	"action_prohibited": integrations.Unauthorized,
	"invalid_auth":      integrations.Unauthorized,
	"invalid_token":     integrations.Unauthorized,
	"missing_scope":     integrations.Unauthorized,
	"not_authed":        integrations.Unauthorized,
	"not_in_channel":    integrations.Unauthorized,
	"token_expired":     integrations.Unauthorized,
	"token_revoked":     integrations.Unauthorized,

	"channel_is_archived": integrations.NotFound,
	"channel_not_found":   integrations.NotFound,
	"is_archived":         integrations.NotFound,
	"no_service":          integrations.NotFound,
	"no_team":             integrations.NotFound,

	"invalid_payload": integrations.Refused,
	"msg_too_long":    integrations.Refused,
	"no_text":         integrations.Refused,

	"fatal_error":    integrations.Temporary,
	"internal_error": integrations.Temporary,
	"rollup_error":   integrations.Temporary,

	"rate_limited": integrations.RateLimited,
	"ratelimited":  integrations.RateLimited,
}

var word = regexp.MustCompile(`[a-z]+(_[a-z]+)*`)

// codeIn finds one of Slack's codes in the text of an error.
func codeIn(err error) string {
	for _, w := range word.FindAllString(err.Error(), -1) {
		if _, known := slackCodes[w]; known {
			return w
		}
	}
	return ""
}

var statusText = regexp.MustCompile(`\b([345]\d\d) ([A-Z][A-Za-z' -]+)`)

// statusIn finds the HTTP status in shoutrrr's error, where it is seldom more
// than words: "429 Too Many Requests". 0 for none.
func statusIn(err error) int {
	if e, ok := errors.AsType[jsonclient.Error](err); ok {
		return e.StatusCode
	}
	for _, m := range statusText.FindAllStringSubmatch(err.Error(), -1) {
		status, _ := strconv.Atoi(m[1])
		if text := http.StatusText(status); text != "" && strings.HasPrefix(m[2], text) {
			return status
		}
	}
	return 0
}

// unreachable says why there was no answer, in words that hold no address.
func unreachable(err error) *integrations.Error {
	e := &integrations.Error{Kind: integrations.Temporary}
	var (
		dns   *net.DNSError
		errno syscall.Errno
		cert  *tls.CertificateVerificationError
		host  x509.HostnameError
		net   net.Error
	)
	switch {
	case errors.Is(err, integrations.ErrAddressRefused):
		e.Kind, e.Detail = integrations.Refused, integrations.ErrAddressRefused.Error()
	case errors.As(err, &dns):
		e.Detail = "the host's name is not known"
	case errors.As(err, &errno):
		e.Detail = errno.Error()
	case errors.As(err, &cert), errors.As(err, &host):
		e.Detail = "the host's certificate is not trusted"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &net) && net.Timeout():
		e.Detail = "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Detail = "the connection broke"
	}
	return e
}
