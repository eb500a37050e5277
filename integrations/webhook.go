package integrations

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Check is what a receiver holds a delivery against.
type Check struct {
	Secret string // as configured; "" lets nobody in
	Now    time.Time
	MaxAge time.Duration // of a signed timestamp, on either side of Now
}

// SecretHeader is where a sender without signatures may put the secret itself.
// The receiver also puts it there when it comes as ?secret= in the URL.
const SecretHeader = "X-Webhook-Secret"

// CheckSecret is for senders that sign nothing: the secret itself must come as a
// bearer token, as basic authentication's password, or in SecretHeader. It takes
// the same time for every wrong secret. The error is ErrBadSignature.
func CheckSecret(source string, header http.Header, c Check) error {
	_, password, _ := (&http.Request{Header: header}).BasicAuth()
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	found := 0
	for _, given := range []string{strings.TrimSpace(token), password, header.Get(SecretHeader)} {
		if SameSecret(given, c.Secret) {
			found++
		}
	}
	if found == 0 {
		return fmt.Errorf("%s: the configured webhook_secret must come as a bearer token, as a password, in %s or as ?secret= in the URL: %w",
			source, SecretHeader, ErrBadSignature)
	}
	return nil
}

// SameSecret compares hashes, which have one length whatever the secrets have.
// Nothing is the same as an empty secret.
func SameSecret(given, secret string) bool {
	x, y := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1 && secret != ""
}

// HMAC is the SHA-256 HMAC of parts, one after another.
func HMAC(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		_, _ = mac.Write(p) // a hash never fails to write
	}
	return mac.Sum(nil)
}

// CheckHex requires that one of the given texts is the HMAC of parts in
// hexadecimal. The error is ErrBadSignature.
func CheckHex(source string, given []string, key string, parts ...[]byte) error {
	return checkHex(source, given, key, HMAC([]byte(key), parts...))
}

// CheckHexSHA1 is CheckHex for senders that still sign with SHA-1.
func CheckHexSHA1(source string, given []string, key string, body []byte) error {
	mac := hmac.New(sha1.New, []byte(key))
	_, _ = mac.Write(body) // a hash never fails to write
	return checkHex(source, given, key, mac.Sum(nil))
}

func checkHex(source string, given []string, key string, want []byte) error {
	for _, g := range given {
		got, err := hex.DecodeString(g)
		if err == nil && hmac.Equal(got, want) && key != "" {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", source, ErrBadSignature)
}

// CheckAge holds a signed timestamp, in unix seconds, against the clock. The
// error is ErrStaleTimestamp, or ErrBadSignature for what is no timestamp.
func CheckAge(source, stamp string, c Check) error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%s: the signed timestamp is missing: %w", source, ErrBadSignature)
	}
	if age := c.Now.Sub(time.Unix(seconds, 0)); age > c.MaxAge || age < -c.MaxAge {
		return fmt.Errorf("%s: %w", source, ErrStaleTimestamp)
	}
	return nil
}

// CheckStandard verifies a delivery signed by the Standard Webhooks
// specification (standardwebhooks.com), which Svix sends: headers webhook-* or
// svix-*, several signatures, and a key that is the decoded secret.
func CheckStandard(source string, header http.Header, body []byte, c Check) error {
	get := func(name string) string { return cmp.Or(header.Get("webhook-"+name), header.Get("svix-"+name)) }
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(c.Secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return fmt.Errorf("%s: webhook_secret is not whsec_ and base64, as its sender shows it: %w", source, ErrBadSignature)
	}
	want := HMAC(key, []byte(get("id")+"."+get("timestamp")+"."), body)
	for given := range strings.FieldsSeq(get("signature")) {
		version, text, _ := strings.Cut(given, ",")
		got, err := base64.StdEncoding.DecodeString(text)
		if err == nil && version == "v1" && hmac.Equal(got, want) {
			return CheckAge(source, get("timestamp"), c)
		}
	}
	return fmt.Errorf("%s: %w", source, ErrBadSignature)
}

// DecodeWebhook reads a delivery's JSON. The error is ErrBadFormat and says
// what is wrong without repeating a value.
func DecodeWebhook(source string, body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return BadFormat(source, "%s is of another type", cmp.Or(wrong.Field, "the body"))
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return BadFormat(source, "%s", "not JSON: "+err.Error())
	}
	return BadFormat(source, "a time is not in RFC 3339")
}

// BadFormat is an ErrBadFormat that says what is wrong with a delivery.
func BadFormat(source, text string, args ...any) error {
	return fmt.Errorf(source+": webhook: "+text+": %w", append(args, ErrBadFormat)...)
}

// EventKey is the key of a delivery whose sender numbers its events: the
// number where it is a plain one, else RepeatKey's.
func EventKey(id string, body []byte, now time.Time) string {
	if id != "" && len(id) <= 100 && CleanText(id, 100) == id {
		return id
	}
	return RepeatKey(body, now)
}

// RepeatKey is the key of a delivery whose sender numbers nothing: what was
// said, in which minute. Word for word the same news later is not a repeat: an
// alert that fires, is over, and fires again may say nothing new.
func RepeatKey(body []byte, now time.Time) string {
	sum := sha256.Sum256(body)
	return now.UTC().Format("200601021504-") + hex.EncodeToString(sum[:])
}

// BodyKey is the key of a delivery whose sender signs the body, without a time,
// and has the time of what happened in it: the same body is a repeat however
// late, and whatever its headers say.
func BodyKey(body []byte) string {
	sum := sha256.Sum256(body)
	return "body-" + hex.EncodeToString(sum[:])
}
