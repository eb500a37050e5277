package integrations

import (
	"net/url"
	"regexp"
	"strings"
)

// A Reference is another place that tells of something: an issue, a pull
// request, a status page's entry, a chat thread.
type Reference struct {
	Kind string // issue, pull_request, status_page, chat, link
	Name string // as people say it: acme/shop#12, acme/shop!7, PAY-7; the URL where there is no shorter name
	URL  string // "" for a bare key
}

// maxReferences bounds what one text is read for.
const maxReferences = 20

var (
	urlInText  = regexp.MustCompile(`https?://[^\s<>"'\x60\])}]+`)
	hashKey    = regexp.MustCompile(`^([A-Za-z0-9][\w.-]*(?:/[\w.-]+)+)([#!])([1-9][0-9]{0,9})$`)
	jiraKey    = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,9}$`)
	wordInText = regexp.MustCompile(`[A-Za-z0-9][\w./-]*[#!][0-9]+|\b[A-Z][A-Z0-9]{1,9}-[0-9]+\b`)
	forgePath  = regexp.MustCompile(`^/([A-Za-z0-9][\w.-]*(?:/[\w.-]+)+?)(?:/-)?/(issues|pull|merge_requests|work_items)/([1-9][0-9]{0,9})(?:/|$)`)
	jiraPath   = regexp.MustCompile(`/browse/([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,9})(?:/|$)`)
)

// notIssues begin words that look like an issue's key and are none.
var notIssues = map[string]bool{"UTF": true, "SHA": true, "ISO": true, "RFC": true, "CVE": true, "COVID": true, "INC": true, "AES": true,
	"RSA": true, "TLS": true, "HTTP": true, "UTC": true, "GMT": true, "MD": true, "PCI": true, "IPV": true, "CP": true, "WIN": true, "IE": true}

// ParseReference reads one reference that a person gave: an address, or a key
// as GitHub, GitLab and Jira write it. False for anything else.
func ParseReference(text string) (Reference, bool) {
	text = strings.TrimSpace(text)
	if m := hashKey.FindStringSubmatch(text); m != nil {
		kind := "issue"
		if m[2] == "!" {
			kind = "pull_request" // GitLab's merge requests
		}
		return Reference{Kind: kind, Name: text}, true
	}
	if jiraKey.MatchString(text) {
		return Reference{Kind: "issue", Name: text}, true
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || len(text) > 2000 {
		return Reference{}, false
	}
	return referenceOf(u), true
}

// referenceOf says what an address leads to.
func referenceOf(u *url.URL) Reference {
	host := strings.ToLower(u.Hostname())
	u.Fragment = ""
	if m := forgePath.FindStringSubmatch(u.Path); m != nil {
		kind, sign := "issue", "#"
		switch m[2] {
		case "pull":
			kind = "pull_request"
		case "merge_requests":
			kind, sign = "pull_request", "!"
		}
		return Reference{Kind: kind, Name: m[1] + sign + m[3], URL: u.String()}
	}
	if m := jiraPath.FindStringSubmatch(u.Path); m != nil {
		return Reference{Kind: "issue", Name: m[1], URL: u.String()}
	}
	kind := "link"
	switch {
	case strings.HasSuffix(host, ".slack.com") || host == "teams.microsoft.com" || host == "discord.com" && strings.HasPrefix(u.Path, "/channels/"):
		kind = "chat"
	case strings.HasPrefix(host, "status.") || strings.HasSuffix(host, ".statuspage.io"):
		kind = "status_page"
	}
	return Reference{Kind: kind, Name: u.String(), URL: u.String()}
}

// FindReferences picks what a text mentions, each once, in order: addresses of
// issues, pull requests, status pages and chats, and keys of issues. Other
// addresses are left out: notes are full of them.
func FindReferences(text string) []Reference {
	var found []Reference
	seen := map[string]bool{}
	add := func(word string) {
		r, ok := ParseReference(word)
		if ok && r.Kind != "link" && !seen[r.Name] && len(found) < maxReferences {
			seen[r.Name] = true
			found = append(found, r)
		}
	}
	rest := urlInText.ReplaceAllStringFunc(text, func(address string) string {
		add(strings.TrimRight(address, ".,;:!?"))
		return " "
	})
	for _, word := range wordInText.FindAllString(rest, -1) {
		if project, _, ok := strings.Cut(word, "-"); !ok || !notIssues[project] {
			add(word)
		}
	}
	return found
}
