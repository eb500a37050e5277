package notify_test

import (
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/integrations/notify"
)

// Whatever stands in the configuration, reading it does not fail badly, and its
// error does not repeat it.
func FuzzNew(f *testing.F) {
	for _, url := range []string{
		"slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook",
		"teams://group@tenant/altId/owner?host=x.webhook.office.com",
		"smtp://u:p@host:587/?from=a@b.example&to=c@d.example&auth=plain&encryption=auto",
		"generic+https://u:p@host/path?@X-Y=1&$z=2&titlekey=t",
		"telegram://token@telegram?channels=1", "pushover://x:token@user/", "mattermost://host/token",
		"logger://", "ntfy://host/topic", "discord://t@1", "zulip://bot:key@host/?stream=s",
	} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		_, err := notify.New("leads", url, notify.Options{})
		if _, rest, ok := strings.Cut(url, "://"); ok && len(rest) > 12 && err != nil && strings.Contains(err.Error(), rest) {
			t.Errorf("the error repeats the url: %v", err)
		}
	})
}
