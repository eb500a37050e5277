package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// compose writes the mail. Its Message-ID follows from the message's key, so
// that a mailbox can tell a repeat, and References from the incident.
func (t mail) compose(m integrations.Message) []byte {
	var b bytes.Buffer
	from := netmail.Address{Name: t.config.FromName, Address: t.config.FromAddress}
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	header("From", from.String())
	header("To", strings.Join(t.config.ToAddresses, ", "))
	header("Subject", mime.QEncoding.Encode("utf-8", m.Subject))
	header("Date", t.clock().UTC().Format(time.RFC1123Z))
	header("Message-ID", t.id("message", m.Key))
	if incident := m.Fields["incident"]; incident != "" {
		header("In-Reply-To", t.id("incident", incident)) // nobody sent that one; it makes them one thread
		header("References", t.id("incident", incident))
	}
	header("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	header("MIME-Version", "1.0")
	parts := multipart.NewWriter(&b)
	_ = parts.SetBoundary(t.id("part", m.Key)[1:33]) // so that a repeat is the same mail; a bytes.Buffer takes everything
	header("Content-Type", "multipart/alternative; boundary="+parts.Boundary())
	b.WriteString("\r\n")
	t.part(parts, "text/plain", m.Text)
	t.part(parts, "text/html", htmlOf(m))
	_ = parts.Close()
	return b.Bytes()
}

func (t mail) part(parts *multipart.Writer, kind, text string) {
	part, _ := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type": {kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	})
	w := quotedprintable.NewWriter(part)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// htmlOf is the text with its addresses as links. Everything else is escaped.
func htmlOf(m integrations.Message) string {
	var b strings.Builder
	b.WriteString("<!doctype html><html><body style=\"font-family:sans-serif\"><h3>" + html.EscapeString(m.Subject) + "</h3>\n<p>")
	end := 0
	for _, at := range address.FindAllStringIndex(m.Text, -1) {
		link := html.EscapeString(m.Text[at[0]:at[1]])
		b.WriteString(lines(m.Text[end:at[0]]) + `<a href="` + link + `">` + link + `</a>`)
		end = at[1]
	}
	b.WriteString(lines(m.Text[end:]) + "</p>\n</body></html>\n")
	return b.String()
}

func lines(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>\n") }

func (t mail) id(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	_, domain, _ := strings.Cut(t.config.FromAddress, "@")
	return "<" + hex.EncodeToString(sum[:16]) + "@" + domain + ">"
}
