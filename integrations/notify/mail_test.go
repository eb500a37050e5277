package notify_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
)

// silentServer is connected to and never says a word.
func silentServer(t *testing.T) string {
	t.Helper()
	return listen(t).Addr().String() // the kernel accepts for it
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// A mailServer speaks as much SMTP as one conversation needs. Answers replaces
// its answer to a command.
type mailServer struct {
	address  string
	answers  map[string]string
	tls      *tls.Config // offers STARTTLS with it
	commands []string
	data     string
	done     chan struct{}
}

func newMailServer(t *testing.T, answers map[string]string) *mailServer {
	s := &mailServer{answers: answers, done: make(chan struct{})}
	s.start(listen(t))
	return s
}

// start takes one connection.
func (s *mailServer) start(l net.Listener) {
	s.address = l.Addr().String()
	go func() {
		defer close(s.done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "220 fake\r\n")
		s.converse(conn)
	}()
}

func (s *mailServer) converse(w net.Conn) {
	r := bufio.NewReader(w)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		s.commands = append(s.commands, strings.TrimSpace(line))
		command, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		answer, ok := s.answers[command]
		switch {
		case ok:
		case command == "STARTTLS" && s.tls != nil:
			fmt.Fprint(w, "220 go on\r\n")
			s.converse(tls.Server(w, s.tls))
			return
		case command == "EHLO" && s.tls != nil:
			answer = "250-fake\r\n250-STARTTLS\r\n250 AUTH PLAIN"
		case command == "EHLO":
			answer = "250-fake\r\n250 AUTH PLAIN"
		case command == "DATA":
			fmt.Fprint(w, "354 go on\r\n")
			s.data = readMail(r)
			answer = "250 taken"
		case command == "AUTH":
			answer = "235 welcome"
		default:
			answer = "250 fine"
		}
		fmt.Fprint(w, answer+"\r\n")
	}
}

func readMail(r *bufio.Reader) string {
	var mail strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return mail.String()
		}
		mail.WriteString(line)
	}
}

func (s *mailServer) target() string {
	return "smtp://ann:pa%3Ass@" + s.address + "/?from=ticketlink@acme.example&fromname=Ticket%20link&to=lead%2Bx@acme.example,boss@acme.example"
}

func TestAMailIsSent(t *testing.T) {
	s := newMailServer(t, nil)
	m := reminder()
	m.Subject = "INC-42 – tell\r\nBcc: everyone@acme.example"
	m.Text = "Please tell <the> customer – now.\n.\nTicket 1 https://a.example/?x=1&y=2\n"
	if err := target(t, s.target()).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	<-s.done
	want := "EHLO localhost|AUTH PLAIN AGFubgBwYTpzcw==|MAIL FROM:<ticketlink@acme.example>|RCPT TO:<lead+x@acme.example>|RCPT TO:<boss@acme.example>|DATA|QUIT"
	if got := strings.Join(s.commands, "|"); got != want {
		t.Errorf("conversation\n%s\nwant\n%s", got, want)
	}
	mail, err := netmail.ReadMessage(strings.NewReader(s.data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From":           `"Ticket link" <ticketlink@acme.example>`,
		"To":             "lead+x@acme.example, boss@acme.example",
		"Date":           "Mon, 02 Mar 2026 14:00:00 +0000",
		"Auto-Submitted": "auto-generated",
		"Bcc":            "",
	} {
		if got := mail.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if subject, _ := new(mime.WordDecoder).DecodeHeader(mail.Header.Get("Subject")); subject != "INC-42 – tell Bcc: everyone@acme.example" {
		t.Errorf("subject %q", subject)
	}
	text, html := parts(t, mail)
	if text != strings.Replace(m.Text, "\n.\n", "\n..\n", 1) {
		t.Errorf("text %q", text)
	}
	if want := "<p>Please tell &lt;the&gt; customer – now.<br>\n..<br>\nTicket 1 <a href=\"https://a.example/?x=1&amp;y=2\">https://a.example/?x=1&amp;y=2</a><br>\n</p>"; !strings.Contains(html, want) {
		t.Errorf("HTML %q", html)
	}
}

// parts returns a mail's plain text and its HTML.
func parts(t *testing.T, mail *netmail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(mail.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %s (%v)", kind, err)
	}
	found := map[string]string{}
	for r := multipart.NewReader(mail.Body, params["boundary"]); ; {
		part, err := r.NextPart()
		if err == io.EOF {
			return found["text/plain; charset=utf-8"], found["text/html; charset=utf-8"]
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(part)
		found[part.Header.Get("Content-Type")] = strings.ReplaceAll(string(raw), "\r\n", "\n")
	}
}

// A mailbox can tell a repeat, and shows one incident's mails as one thread.
func TestAMailSentAgainIsTheSameMail(t *testing.T) {
	send := func(m integrations.Message) netmail.Header {
		s := newMailServer(t, nil)
		if err := target(t, s.target()).Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		<-s.done
		mail, err := netmail.ReadMessage(strings.NewReader(s.data))
		if err != nil {
			t.Fatal(err)
		}
		return mail.Header
	}
	next := reminder()
	next.Key += "0"
	first, again, other := send(reminder()), send(reminder()), send(next)
	if id := first.Get("Message-ID"); id != again.Get("Message-ID") || id == other.Get("Message-ID") || !strings.HasSuffix(id, "@acme.example>") {
		t.Errorf("ids %q, %q, %q", id, again.Get("Message-ID"), other.Get("Message-ID"))
	}
	if thread := first.Get("References"); thread == "" || thread != other.Get("References") {
		t.Errorf("threads %q and %q", thread, other.Get("References"))
	}
}

func TestAMailServersAnswerSaysWhetherToTryAgain(t *testing.T) {
	for _, c := range []struct {
		command, answer string
		kind            integrations.Kind
		detail          string
	}{
		{"RCPT", "550 no such user lead@acme.example", integrations.Refused, "SMTP 550"},
		{"RCPT", "451 later", integrations.Temporary, "SMTP 451"},
		{"MAIL", "421 closing", integrations.Temporary, "SMTP 421"},
		{"AUTH", "535 wrong password for ann", integrations.Unauthorized, "SMTP 535"},
		{"DATA", "554 no", integrations.Refused, "SMTP 554"},
		{"EHLO", "250 no AUTH here", integrations.Refused, "the server offers no encryption or no way to sign in: check port, encryption and auth"},
	} {
		s := newMailServer(t, map[string]string{c.command: c.answer})
		e := failure(t, target(t, s.target()).Send(t.Context(), reminder()))
		if e.Kind != c.kind || e.Detail != c.detail || strings.Contains(e.Error(), "acme") || strings.Contains(e.Error(), "ann") {
			t.Errorf("%s %s: %v", c.command, c.answer, e)
		}
	}
}

func TestAMailNeedsEncryptionWhereTheURLSaysSo(t *testing.T) {
	s := newMailServer(t, nil)
	e := failure(t, target(t, s.target()+"&requirestarttls=yes").Send(t.Context(), reminder()))
	if e.Kind != integrations.Refused || !strings.Contains(e.Detail, "STARTTLS") {
		t.Errorf("%v", e)
	}
}

// certificate is one that nobody trusts.
func certificate(t *testing.T) *tls.Config {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return &tls.Config{Certificates: server.TLS.Certificates}
}

func TestAMailIsEncryptedWhereTheServerCan(t *testing.T) {
	s := newMailServer(t, nil)
	s.tls = certificate(t)
	if err := target(t, s.target()+"&requirestarttls=yes&skiptlsverify=yes").Send(t.Context(), reminder()); err != nil {
		t.Fatal(err)
	}
	<-s.done
	if got := strings.Join(s.commands[:4], "|"); got != "EHLO localhost|STARTTLS|EHLO localhost|AUTH PLAIN AGFubgBwYTpzcw==" {
		t.Errorf("conversation %s", got)
	}
}

func TestAMailIsEncryptedFromTheStartWhereTheURLSaysSo(t *testing.T) {
	s := &mailServer{done: make(chan struct{})}
	s.start(tls.NewListener(listen(t), certificate(t)))
	if err := target(t, s.target()+"&encryption=implicittls&skiptlsverify=yes").Send(t.Context(), reminder()); err != nil {
		t.Fatal(err)
	}
	<-s.done
	if s.data == "" {
		t.Error("no mail arrived")
	}
}

func TestAnUntrustedCertificateIsNamedAsTheReason(t *testing.T) {
	s := newMailServer(t, nil)
	s.tls = certificate(t)
	e := failure(t, target(t, s.target()).Send(t.Context(), reminder()))
	if e.Detail != "the host's certificate is not trusted" {
		t.Errorf("%v", e)
	}
	<-s.done
	if got := strings.Join(s.commands, "|"); strings.Contains(got, "AUTH") {
		t.Errorf("signed in without trust: %s", got)
	}
}

func TestCheckingAMailTargetSignsInAndSendsNothing(t *testing.T) {
	s := newMailServer(t, nil)
	tried, err := target(t, s.target()).Check(t.Context())
	<-s.done
	if err != nil || tried != "the server greets and takes the credentials; no mail was sent" {
		t.Errorf("%q, %v", tried, err)
	}
	if got := strings.Join(s.commands, "|"); got != "EHLO localhost|AUTH PLAIN AGFubgBwYTpzcw==|NOOP|QUIT" {
		t.Errorf("conversation %s", got)
	}
}
