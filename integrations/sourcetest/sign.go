package sourcetest

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// SignHex signs the body alone: the header holds the prefix and the HMAC in hexadecimal.
func SignHex(hash func() hash.Hash, name, prefix string) func(body []byte, secret string, _ time.Time) http.Header {
	return signed(hash, name, func(mac []byte) string { return prefix + hex.EncodeToString(mac) })
}

// SignBase64 likewise, in base64.
func SignBase64(hash func() hash.Hash, name string) func(body []byte, secret string, _ time.Time) http.Header {
	return signed(hash, name, base64.StdEncoding.EncodeToString)
}

func signed(hash func() hash.Hash, name string, write func(mac []byte) string) func(body []byte, secret string, _ time.Time) http.Header {
	return func(body []byte, secret string, _ time.Time) http.Header {
		mac := hmac.New(hash, []byte(secret))
		mac.Write(body)
		header := http.Header{}
		header.Set(name, write(mac.Sum(nil)))
		return header
	}
}

// SendSecret sends the secret itself, in our own header or as it comes from the URL.
func SendSecret(_ []byte, secret string, _ time.Time) http.Header {
	return http.Header{integrations.SecretHeader: {secret}}
}

// SendBearer sends the secret as a bearer token.
func SendBearer(_ []byte, secret string, _ time.Time) http.Header {
	return http.Header{"Authorization": {"Bearer " + secret}}
}
