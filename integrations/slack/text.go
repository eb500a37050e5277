package slack

import (
	"cmp"
	"regexp"
	"strings"
)

// reference is what Slack puts between < and >: a person, a channel, a group,
// a keyword or a link, and after a | how it is shown
// (https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages).
var reference = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)

// unescape undoes what Slack does to what people type.
var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// plain is a text as people read it. People stay named by id where Slack does not
// say more: @U7.
func plain(text string) string {
	text = reference.ReplaceAllStringFunc(text, func(found string) string {
		part := reference.FindStringSubmatch(found)
		sign, what, shown := part[1], part[2], part[3]
		switch {
		case sign == "!":
			keyword, _, _ := strings.Cut(what, "^")
			return "@" + strings.TrimPrefix(cmp.Or(shown, keyword), "@")
		case sign != "":
			return sign + cmp.Or(shown, what)
		case shown != "" && shown != what:
			return shown + " (" + what + ")"
		}
		return what
	})
	return unescape.Replace(text)
}

// Mentions are the people whom a text of DecodeEvent's names by id: @U7.
var Mentions = regexp.MustCompile(`@([UW][A-Z0-9]+)\b`)
