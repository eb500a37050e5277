package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/mattermost/mattermostfake"
	"github.com/ticketlink/ticketlink/integrations/slack/slackfake"
)

// A workspace is a story's Slack.
type workspace struct {
	*slackfake.Server
	s *story
}

// newChatStory begins a story with a Slack, in which maria may change incidents.
func newChatStory(t *testing.T) (*story, workspace) {
	t.Helper()
	fake := slackfake.New()
	t.Cleanup(fake.Close)
	s := newStory(t, func(text string) string {
		return text + fmt.Sprintf("\nchat:\n  - {name: slack, kind: slack, url: %q, signing_secret: %s, bot_token: %s, users: [U1], channels: [C1, C2], update_every: 5m}\n",
			fake.URL, fake.SigningSecret, fake.BotToken)
	})
	return s, workspace{fake, s}
}

// Command gives a slash command, as maria in a channel, and returns the answer.
func (c workspace) Command(channel, command string) (text string, open bool) {
	return c.CommandBy("U1", "maria", channel, command)
}

func (c workspace) CommandBy(id, user, channel, command string) (text string, open bool) {
	c.s.t.Helper()
	name, rest, _ := strings.Cut(command, " ")
	body := slackfake.Command(name, rest, id, user, channel)
	text, open = c.s.commandAnswer("slack", body, c.Sign(body, c.s.clock()))
	c.s.Settle()
	return text, open
}

func (s *story) commandAnswer(chat, body string, header map[string]string) (text string, open bool) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.service.URL+"/webhooks/"+chat+"/command", strings.NewReader(body))
	s.must(err)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	s.must(err)
	if res.StatusCode != 200 {
		s.t.Fatalf("command: got %d: %s", res.StatusCode, raw)
	}
	var answer struct {
		Text string
		Kind string `json:"response_type"`
	}
	s.must(json.Unmarshal(raw, &answer))
	return answer.Text, answer.Kind == "in_channel"
}

// Event delivers what was said.
func (c workspace) Event(body string) {
	c.s.t.Helper()
	if code := c.s.Post("/webhooks/slack/events", body, c.Sign(body, c.s.clock())); code != 200 {
		c.s.t.Fatalf("event: got %d", code)
	}
	c.s.Settle()
}

// ExpectSaid requires a command's answer.
func (c workspace) ExpectSaid(channel, command, want string, open bool) {
	c.s.t.Helper()
	if text, got := c.Command(channel, command); !strings.Contains(text, want) || got != open {
		c.s.t.Errorf("%s: said %q (open: %v), want %q in it (open: %v)", command, text, got, want, open)
	}
}

// ExpectTimeline requires that the incident's timeline tells a text as often as given.
func (s *story) ExpectTimeline(key, text string, want int) {
	s.t.Helper()
	var raw json.RawMessage
	s.API("GET", "/incidents/"+key+"/timeline", nil, 200, &raw)
	if got := strings.Count(string(raw), text); got != want {
		s.t.Errorf("the timeline of %s tells %q %d times, want %d: %s", key, text, got, want, raw)
	}
}

// ExpectChannelPost requires the one message in a channel, and how often it was edited.
func (c workspace) ExpectChannelPost(channel, want string, edits int) {
	c.s.t.Helper()
	posts := c.Posts()
	if len(posts) != 1 || posts[0].Channel != channel || !strings.Contains(posts[0].Text, want) || posts[0].Edits != edits {
		c.s.t.Errorf("posts are %+v, want one in %s with %q, edited %d times", posts, channel, want, edits)
	}
}

// The life of an incident, told by commands in a chat.
func TestIncidentByCommands(t *testing.T) {
	s, chat := newChatStory(t)
	chat.ExpectSaid("C1", "/incident list", "No incident is open", false)
	chat.ExpectSaid("C1", "/incident declare Payments fail at checkout severity=sev1 service=payments tag=payments", "maria (Slack) declared INC-1: Payments fail at checkout", true)
	i := s.ExpectOne("open")
	if i.Severity != "sev1" || i.Source != "" || len(i.Services) != 1 || i.Services[0] != "payments" {
		t.Errorf("declared %+v", i)
	}
	chat.ExpectSaid("C1", "/incident list", "INC-1 Payments fail at checkout", false)
	chat.ExpectSaid("C1", "/incident update inc-1 severity=sev2 title=“Cards fail”", "changed INC-1: Cards fail, severity sev2", true)
	chat.ExpectSaid("C1", "/incident show INC-1", "0 tickets by 0 customers", false)
	chat.ExpectSaid("C1", "/impact INC-1", "INC-1 Cards fail", false)
	chat.ExpectSaid("C1", "/incident resolve INC-1 rolled back the release", "resolved INC-1", true)
	s.ExpectTimeline("INC-1", "rolled back the release", 1)
	s.ExpectTimeline("INC-1", "maria (Slack)", 3)
	chat.ExpectSaid("C1", "/incident resolve INC-1", "is resolved already", false)
	chat.ExpectSaid("C1", "/incident reopen INC-1", "reopened INC-1", true)
	chat.ExpectSaid("C1", "/incident show INC-9", "name the incident by its key", false)
	chat.ExpectSaid("C1", "/incident declare", "expected some words that name the incident", false)
	chat.ExpectSaid("C1", "/incident sing", "/incident declare TITLE", false)
}

// Who may not, or is not who they say, changes nothing.
func TestCommandsAreForThoseWhoMay(t *testing.T) {
	s, chat := newChatStory(t)
	if text, open := chat.CommandBy("U2", "mallory", "C1", "/incident declare Nothing works"); !strings.Contains(text, "You may not") || open {
		t.Errorf("another person was told %q", text)
	}
	if text, _ := chat.Command("C9", "/incident declare Nothing works"); !strings.Contains(text, "not taken in this channel") {
		t.Errorf("another channel was told %q", text)
	}
	if text, _ := chat.CommandBy("U2", "mallory", "C1", "/incident list"); !strings.Contains(text, "No incident is open") {
		t.Errorf("reading was refused: %q", text)
	}
	body := slackfake.Command("/incident", "declare Nothing works", "U1", "maria", "C1")
	forged := chat.Sign(body, s.clock())
	for path, want := range map[string]int{"/webhooks/slack/command": 401, "/webhooks/slack/events": 401, "/webhooks/other/command": 404, "/webhooks/support/command": 404, "/webhooks/slack": 404} {
		if code := s.Post(path, body+"&text=x", forged); code != want {
			t.Errorf("forged to %s: got %d, want %d", path, code, want)
		}
	}
	if code := s.Post("/webhooks/slack/command", body, chat.Sign(body, s.clock().Add(-time.Hour))); code != 401 {
		t.Errorf("an old command: got %d, want 401", code)
	}
	if all := s.Incidents(); len(all) != 0 {
		t.Errorf("incidents: %+v", all)
	}
}

// What people say in the incident's channel is its timeline: once, as edited
// last, and not what they deleted or bots say.
func TestChannelIsTheTimeline(t *testing.T) {
	s, chat := newChatStory(t)
	chat.Event(slackfake.Said("Ev0", "C2", "U1", "1795424000.000100", "said before anything was linked"))
	s.Declare(map[string]any{"title": "Payments fail at checkout"})
	chat.ExpectSaid("C2", "/incident link-channel INC-1", "linked this channel to INC-1", true)
	said := slackfake.Said("Ev1", "C2", "U7", "1795424340.000200", "looking at the cert &amp; the proxy")
	chat.Event(said)
	chat.Event(said) // a retry
	s.ExpectTimeline("INC-1", "the proxy", 1)
	chat.Event(slackfake.Said("Ev2", "C1", "U7", "1795424341.000200", "said elsewhere"))
	chat.Event(slackfake.Edited("Ev3", "C2", "U7", "1795424340.000200", "it was the proxy"))
	chat.Event(slackfake.Said("Ev4", "C2", "U8", "1795424342.000200", "a rash word"))
	chat.Event(slackfake.Deleted("Ev5", "C2", "U8", "1795424342.000200"))
	chat.Event(strings.Replace(slackfake.Said("Ev6", "C2", "B", "1795424343.000200", "said by a bot"), `"user"`, `"bot_id":"B1","user"`, 1))
	s.ExpectTimeline("INC-1", "it was the proxy", 1)
	for _, gone := range []string{"said before", "looking at", "said elsewhere", "a rash word", "said by a bot"} {
		s.ExpectTimeline("INC-1", gone, 0)
	}
	chat.ExpectSaid("C2", "/impact", "INC-1 Payments fail", false) // the channel's own
}

// Deliveries come in any order: what was changed later stays.
func TestEditsBeforeWhatTheyEdit(t *testing.T) {
	s, chat := newChatStory(t)
	s.Declare(map[string]any{"title": "Payments fail at checkout"})
	chat.ExpectSaid("C2", "/incident link-channel INC-1", "linked this channel to INC-1", true)
	const first, second = "1795424340.000200", "1795424342.000200"
	chat.Event(slackfake.Edited("Ev2", "C2", "U7", first, "it was the proxy"))
	chat.Event(slackfake.Said("Ev1", "C2", "U7", first, "looking at the cert"))
	chat.Event(slackfake.Deleted("Ev4", "C2", "U8", second))
	chat.Event(slackfake.Said("Ev3", "C2", "U8", second, "a rash word"))
	s.ExpectTimeline("INC-1", "it was the proxy", 1)
	s.ExpectTimeline("INC-1", "looking at the cert", 0)
	s.ExpectTimeline("INC-1", "a rash word", 0)
}

// Slack names people by id. Who wrote and who is mentioned is shown by name,
// asked for once; without the scope for it the ids stay until it is granted.
func TestPeopleInTheChannelHaveNames(t *testing.T) {
	s, chat := newChatStory(t)
	s.Declare(map[string]any{"title": "Payments fail at checkout"})
	chat.ExpectSaid("C2", "/incident link-channel INC-1", "linked this channel to INC-1", true)
	chat.Grant()
	s.Rough(func() {
		chat.Event(slackfake.Said("Ev1", "C2", "U7", "1795424340.000200", "<@U8> saw it, <@U404> did not"))
	})
	s.ExpectTimeline("INC-1", "@U8 saw it, @U404 did not", 1)
	chat.Grant("users:read")
	s.FastForward(time.Minute)
	s.ExpectTimeline("INC-1", "@Ada saw it, @U404 did not", 1)
	s.ExpectTimeline("INC-1", "Grace", 1)
	asked := len(chat.Asked())
	chat.Event(slackfake.Said("Ev2", "C2", "U7", "1795424341.000200", "thank you <@U8>"))
	s.ExpectTimeline("INC-1", "thank you @Ada", 1)
	if more := len(chat.Asked()) - asked; more != 0 {
		t.Errorf("names were asked for %d times more", more)
	}
}

// A channel that is named in the incident's cross references is its channel.
func TestChannelByReference(t *testing.T) {
	s, chat := newChatStory(t)
	s.Declare(map[string]any{"title": "Payments fail at checkout"})
	s.API("POST", "/incidents/INC-1/references", map[string]any{"reference": "https://acme.slack.com/archives/C2", "kind": "chat"}, 201, nil)
	chat.Event(slackfake.Said("Ev1", "C2", "U7", "1795424340.000200", "it was the proxy"))
	s.ExpectTimeline("INC-1", "it was the proxy", 1)
}

// The impact is one message in the incident's channel, edited in place, at most
// every five minutes, and posted once although an answer is lost.
func TestImpactIsShownInTheChannel(t *testing.T) {
	s, chat := newChatStory(t)
	s.Ordinary(600)
	s.Declare(paymentsFail)
	chat.LoseAnswers(1)
	s.Rough(func() {
		chat.ExpectSaid("C2", "/incident link-channel INC-1", "linked this channel", true)
		s.FastForward(time.Minute)
	})
	if posts := chat.Posts(); len(posts) != 1 {
		t.Fatalf("posts after a lost answer: %+v", posts)
	}
	s.FastForward(6 * time.Minute)
	before := chat.Posts()[0].Edits
	s.FastForward(20 * time.Minute)
	chat.ExpectChannelPost("C2", "0 tickets by 0 customers", before) // nothing new
	s.PaymentTickets(6)
	s.FastForward(time.Minute)
	chat.ExpectChannelPost("C2", "6 tickets by 6 customers", before+1)
	s.PaymentTickets(3)
	s.FastForward(2 * time.Minute)
	chat.ExpectChannelPost("C2", "6 tickets by 6 customers", before+1) // not so soon
	s.FastForward(4 * time.Minute)
	chat.ExpectChannelPost("C2", "9 tickets by 9 customers", before+2)
	chat.ExpectSaid("C2", "/incident resolve done", "resolved INC-1", true)
	s.FastForward(6 * time.Minute)
	if post := chat.Posts()[0]; !strings.Contains(post.Text, "resolved") {
		t.Errorf("after the end the channel says %q", post.Text)
	}
}

// Slack asks whether the address is ours.
func TestSlackVerifiesTheAddress(t *testing.T) {
	s, chat := newChatStory(t)
	body := `{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}`
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.service.URL+"/webhooks/slack/events", strings.NewReader(body))
	s.must(err)
	for k, v := range chat.Sign(body, s.clock()) {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	defer res.Body.Close()
	if raw, err := io.ReadAll(res.Body); err != nil || string(raw) != "3eZbrw1aB" || res.StatusCode != 200 {
		t.Errorf("answered %d %q (%v)", res.StatusCode, raw, err)
	}
}

// The same in Mattermost, which sends tokens and tells of no edits.
func TestMattermost(t *testing.T) {
	fake := mattermostfake.New()
	t.Cleanup(fake.Close)
	s := newStory(t, func(text string) string {
		return text + fmt.Sprintf("\nchat:\n  - {name: mm, kind: mattermost, url: %q, command_tokens: [%s], webhook_token: %s, bot_token: %s}\n",
			fake.URL, fake.CommandToken, fake.WebhookToken, fake.BotToken)
	})
	command := func(name, text, want string) {
		t.Helper()
		body, header := fake.Command(name, text, "maria", "town")
		if said, _ := s.commandAnswer("mm", body, header); !strings.Contains(said, want) {
			t.Errorf("%s %s: said %q, want %q in it", name, text, said, want)
		}
		s.Settle()
	}
	command("/incident", "declare Payments fail", "maria (Mattermost) declared INC-1")
	command("/incident", "link-channel INC-1", "linked this channel to INC-1")
	if posts := fake.Posts(); len(posts) != 1 || posts[0].Channel != "town" || !strings.Contains(posts[0].Text, "0 tickets") {
		t.Errorf("posts: %+v", posts)
	}
	said := fake.Said("p1", "town", "ada", "it was the proxy", s.clock())
	for range 2 {
		if code := s.Post("/webhooks/mm/events", said, nil); code != 200 {
			t.Fatalf("event: got %d", code)
		}
		s.Settle()
	}
	s.ExpectTimeline("INC-1", "it was the proxy", 1)
	s.ExpectTimeline("INC-1", "ada", 1)
	if code := s.Post("/webhooks/mm/events", strings.Replace(said, "planted", "forged", 1), nil); code != 401 {
		t.Errorf("a wrong token: got %d, want 401", code)
	}
	body, _ := fake.Command("/incident", "declare x", "mallory", "town")
	if code := s.Post("/webhooks/mm/command", strings.Replace(body, "planted", "forged", 1), nil); code != 401 {
		t.Errorf("a command with a wrong token: got %d, want 401", code)
	}
}
