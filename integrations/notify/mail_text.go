package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
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
		header("References", t.id("incident", incident))
	}
	header("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(m.Text)) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func (t mail) id(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	_, domain, _ := strings.Cut(t.config.FromAddress, "@")
	return "<" + hex.EncodeToString(sum[:16]) + "@" + domain + ">"
}
