package integrations

import "testing"

func TestNewHook(t *testing.T) {
	for address, want := range map[string]string{
		"https://ticketlink.example.com":   "https://ticketlink.example.com/webhooks/eu%20support",
		"https://example.com/ticketlink//": "https://example.com/ticketlink/webhooks/eu%20support",
		"":                                 "", "ticketlink.example.com": "", "://": "", "ftp://example.com": "",
	} {
		hook, err := NewHook(address, "eu support", "s")
		if hook.Endpoint != want || (err == nil) != (want != "") {
			t.Errorf("%q: %+v, %v", address, hook, err)
		}
	}
}
