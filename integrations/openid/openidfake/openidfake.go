// Package openidfake is a small OpenID Connect provider that lets everybody in
// as whoever the test says, for tests. It checks what a provider checks: client
// and redirect address, PKCE, and that a code is used once.
package openidfake

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"
)

// What a client must give.
const (
	ClientID     = "ticketlink"
	ClientSecret = "planted-client-secret"
)

// A Server is the provider. Its fields may be changed between sign-ins.
type Server struct {
	*httptest.Server
	Claims map[string]any       // of whoever signs in
	Spoil  func(map[string]any) // changes a token's claims before it is signed
	Down   bool                 // answers 503

	clock func() time.Time
	key   *rsa.PrivateKey
	mu    sync.Mutex
	codes map[string]url.Values // what a code was asked for with
}

// New starts a provider on a local port. Close it after use.
func New(clock func() time.Time) *Server {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the system has no randomness
	}
	s := &Server{clock: clock, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET /keys", s.keys)
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /token", s.token)
	s.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if s.Down {
			http.Error(rw, "away", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(rw, r)
	}))
	return s
}

func (s *Server) discovery(rw http.ResponseWriter, _ *http.Request) {
	answer(rw, http.StatusOK, map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token",
		"jwks_uri": s.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
}

func (s *Server) keys(rw http.ResponseWriter, _ *http.Request) {
	answer(rw, http.StatusOK, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
		"n": text64(s.key.N.Bytes()), "e": text64(big.NewInt(int64(s.key.E)).Bytes())}}})
}

// authorize asks nobody and sends people back at once.
func (s *Server) authorize(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("code_challenge_method") != "S256" {
		http.Error(rw, "unknown client, or no PKCE", http.StatusBadRequest)
		return
	}
	to := url.Values{"state": {q.Get("state")}}
	if s.Claims == nil {
		to.Set("error", "access_denied")
	} else {
		code := rand.Text()
		s.mu.Lock()
		s.codes[code] = q
		s.mu.Unlock()
		to.Set("code", code)
	}
	back.RawQuery = to.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}

func (s *Server) token(rw http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	s.mu.Lock()
	asked, known := s.codes[r.PostFormValue("code")]
	delete(s.codes, r.PostFormValue("code"))
	s.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case id != ClientID || secret != ClientSecret:
		answer(rw, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
	case !known || asked.Get("code_challenge") != text64(challenge[:]) || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri"):
		answer(rw, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		answer(rw, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "id_token": s.sign(asked.Get("nonce"))})
	}
}

// sign makes the ID token of whoever signs in.
func (s *Server) sign(nonce string) string {
	now := s.clock()
	claims := map[string]any{"iss": s.URL, "aud": ClientID, "sub": "f1", "nonce": nonce, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for k, v := range s.Claims {
		claims[k] = v
	}
	if s.Spoil != nil {
		s.Spoil(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // a test's claims are no JSON
	}
	signed := text64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + text64(payload)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + text64(signature)
}

func text64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func answer(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v) // fails only where the reader has gone
}
