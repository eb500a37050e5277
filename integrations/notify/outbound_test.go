package notify_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify"
)

// No target's URL leads to a metadata service, whoever makes the connection:
// ourselves, shoutrrr with a transport of its own, shoutrrr with Go's default,
// which the program guards as here.
func TestNoTargetIsAMetadataService(t *testing.T) {
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	http.DefaultTransport = integrations.Outbound{}.Transport()
	const host = "169.254.169.254"
	for _, url := range []string{
		"generic+http://" + host + "/latest/meta-data",
		"generic://[::ffff:" + host + "]/latest",
		"smtp://" + host + ":25/?from=a@b.example&to=c@d.example",
		"smtp://" + host + ":465/?from=a@b.example&to=c@d.example",
		"ntfy://" + host + "/topic",
		"gotify://" + host + "/AbCdEfGhIjKlMnO",
		"mattermost://" + host + "/token",
		"rocketchat://" + host + "/tokenA/tokenB/channel",
		"matrix://:token@" + host + "/?rooms=!a:b",
		"bark://:key@" + host + "/",
		"signal://" + host + ":8080/+11234567890/+10987654321",
	} {
		t.Run(url, func(t *testing.T) {
			target, err := notify.New("leads", url, notify.Options{})
			if err != nil {
				t.Fatal(err)
			}
			err = target.Send(t.Context(), reminder())
			if e := failure(t, err); e.Kind != integrations.Refused || !strings.Contains(err.Error(), "outbound.allow") {
				t.Errorf("got %v, want it refused with a hint at outbound.allow", err)
			}
		})
	}
}
