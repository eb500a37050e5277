package notify

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/nicholas-fedor/shoutrrr/pkg/types"
	"github.com/nicholas-fedor/shoutrrr/pkg/util/jsonclient"

	"github.com/ticketlink/ticketlink/integrations"
)

func TestMentionsAndLinksAreNeutralised(t *testing.T) {
	m := integrations.Message{Subject: "a < b & c", Text: "<!here> <@U123> @channel <https://evil.example|acme> https://a.example/?b=1&c=2"}
	text, params := chat{scheme: "slack"}.words(m)
	if want := "&lt;!here&gt; &lt;@U123&gt; @channel &lt;https://evil.example|acme&gt; https://a.example/?b=1&amp;c=2"; text != want {
		t.Errorf("Slack gets %q", text)
	}
	if params[types.TitleKey] != "a &lt; b &amp; c" {
		t.Errorf("Slack gets the title %q", params[types.TitleKey])
	}
	text, _ = chat{scheme: "mattermost"}.words(m)
	if want := "a <\u200b b & c\n<\u200b!here> <\u200b@\u200bU123> @\u200bchannel "; !strings.HasPrefix(text, want) {
		t.Errorf("Mattermost gets %q", text)
	}
}

func TestNoTextMentionsAnybodyInSlack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if got := neutral("slack", rapid.String().Draw(t, "text")); strings.ContainsAny(got, "<>") {
			t.Fatalf("%q", got)
		}
	})
}

func TestShoutrrrsFailuresGetAKind(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind integrations.Kind
		want string
	}{
		{errors.New("failed to send slack notification: webhook status failure: 429 Too Many Requests"), integrations.RateLimited, "HTTP 429"},
		{errors.New("webhook response failure: no_service"), integrations.NotFound, "no_service"},
		{errors.New("api response failure: token_revoked"), integrations.Unauthorized, "token_revoked"},
		{errors.New("api response failure: ratelimited"), integrations.RateLimited, "ratelimited"},
		{fmt.Errorf("posting to https://x.example/SECRET: %w", jsonclient.Error{StatusCode: 503, Body: "SECRET"}), integrations.Temporary, "HTTP 503"},
		{errors.New("failed to send message: 403 Forbidden"), integrations.Unauthorized, "HTTP 403"},
		{errors.New("something about SECRET with 500 characters"), integrations.Temporary, "no reason that can be shown"},
	} {
		err := chat{scheme: "slack"}.failure(c.err)
		if integrations.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v becomes %v", c.err, err)
		}
	}
	if err := (chat{}).failure(nil); err != nil {
		t.Errorf("success becomes %v", err)
	}
}
