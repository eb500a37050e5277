package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"os"
	"strconv"
	"time"

	shoutrrr "github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"

	"github.com/ticketlink/ticketlink/integrations"
)

// A mail target takes shoutrrr's URL,
// smtp://user:password@host:587/?from=a@b.example&to=c@d.example,e@f.example,
// and speaks SMTP itself: shoutrrr waits for a silent server for ever, sends a
// subject as it comes and gives a repeated mail a new identity. Mails are plain
// text and HTML; all of one incident are one thread. One refused recipient
// refuses the mail.
type mail struct {
	config *shoutrrr.Config
	clock  func() time.Time
	dialer *net.Dialer
}

func newMail(u *url.URL, o Options) (mail, error) {
	var service shoutrrr.Service
	if err := service.Initialize(u, nil); err != nil {
		return mail{}, errors.New("the url is not what smtp expects: want smtp://user:password@host:587/?from=a@b.example&to=c@d.example")
	}
	c := service.Config
	c.FixEmailTags()
	if c.ClientHost == "auto" {
		c.ClientHost, _ = os.Hostname() // "" becomes localhost
	}
	for _, address := range append([]string{c.FromAddress}, c.ToAddresses...) {
		if _, err := netmail.ParseAddress(address); err != nil {
			return mail{}, errors.New("from and to must be plain addresses such as a@b.example, separated by commas")
		}
	}
	switch {
	case c.Host == "":
		return mail{}, errors.New("the url names no host: want smtp://user:password@host:587/?from=a@b.example&to=c@d.example")
	}
	return mail{c, o.Clock, o.Outbound.Dialer()}, nil
}

func (t mail) send(ctx context.Context, m integrations.Message) error {
	return t.session(ctx, func(c *smtp.Client) error {
		if err := c.Mail(t.config.FromAddress); err != nil {
			return fmt.Errorf("name the sender: %w", err)
		}
		for _, to := range t.config.ToAddresses {
			if err := c.Rcpt(to); err != nil {
				return fmt.Errorf("name a recipient: %w", err)
			}
		}
		w, err := c.Data()
		if err != nil {
			return fmt.Errorf("begin the text: %w", err)
		}
		if _, err := w.Write(t.compose(m)); err != nil {
			return fmt.Errorf("send the text: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("end the text: %w", err)
		}
		return nil
	})
}

func (t mail) check(ctx context.Context) (string, error) {
	tried := "the server greets"
	if t.config.Auth != shoutrrr.AuthTypes.None {
		tried += " and takes the credentials"
	}
	err := t.session(ctx, func(c *smtp.Client) error { return c.Noop() })
	return tried + "; no mail was sent", err
}

// session connects, runs do and says goodbye. The mail is delivered once do
// has succeeded, so what the goodbye says does not matter.
func (t mail) session(ctx context.Context, do func(*smtp.Client) error) error {
	conn, err := t.dial(ctx)
	if err != nil {
		return unreachable(err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c, err := smtp.NewClient(conn, t.config.Host)
	if err != nil {
		return smtpFailure("greeting", err)
	}
	if err := t.begin(c); err != nil {
		return err
	}
	if err := do(c); err != nil {
		return smtpFailure("delivery", err)
	}
	_ = c.Quit()
	return nil
}

func (t mail) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(t.config.Host, strconv.Itoa(int(t.config.Port)))
	implicit := t.config.Encryption == shoutrrr.EncMethods.ImplicitTLS ||
		t.config.Encryption == shoutrrr.EncMethods.Auto && t.config.Port == 465
	if implicit {
		return (&tls.Dialer{NetDialer: t.dialer, Config: t.tls()}).DialContext(ctx, "tcp", address)
	}
	return t.dialer.DialContext(ctx, "tcp", address)
}

func (t mail) tls() *tls.Config {
	return &tls.Config{
		ServerName: t.config.Host, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: t.config.SkipTLSVerify, // a setting of the URL
	}
}

// begin introduces us, encrypts where the server can, and signs in.
func (t mail) begin(c *smtp.Client) error {
	if err := c.Hello(cmp.Or(t.config.ClientHost, "localhost")); err != nil {
		return smtpFailure("hello", err)
	}
	_, encrypted := c.TLSConnectionState()
	if can, _ := c.Extension("STARTTLS"); !encrypted && t.config.UseStartTLS && can {
		if err := c.StartTLS(t.tls()); err != nil {
			return smtpFailure("starttls", err)
		}
	} else if !encrypted && t.config.RequireStartTLS {
		return &integrations.Error{Kind: integrations.Refused, Detail: "the server offers no STARTTLS, and requirestarttls asks for it"}
	}
	return t.signIn(c)
}

func (t mail) signIn(c *smtp.Client) error {
	auth := t.auth()
	if auth == nil {
		return nil
	}
	e := &integrations.Error{Op: "sign in"}
	if can, _ := c.Extension("AUTH"); can {
		err := c.Auth(auth)
		if err == nil {
			return nil
		}
		e = smtpFailure(e.Op, err)
	}
	if e.Detail == "" { // not the server's word: net/smtp shows no password on an open line
		e.Kind, e.Detail = integrations.Refused, "the server offers no encryption or no way to sign in: check port, encryption and auth"
	}
	return e
}

func (t mail) auth() smtp.Auth {
	user, password := t.config.Username, t.config.Password
	switch t.config.Auth {
	case shoutrrr.AuthTypes.Plain:
		return smtp.PlainAuth("", user, password, t.config.Host)
	case shoutrrr.AuthTypes.CRAMMD5:
		return smtp.CRAMMD5Auth(user, password)
	case shoutrrr.AuthTypes.OAuth2:
		return shoutrrr.OAuth2Auth(user, password)
	}
	return nil
}

// smtpFailure keeps the server's code and drops its words, which often hold the
// recipient. RFC 5321, 4.2.1: 4xx may pass later, 5xx will not.
func smtpFailure(op string, err error) *integrations.Error {
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return unreachable(err)
	}
	e := &integrations.Error{Op: op, Kind: integrations.Refused, Detail: "SMTP " + strconv.Itoa(answer.Code)}
	switch {
	case answer.Code == 530 || answer.Code == 534 || answer.Code == 535 || answer.Code == 538:
		e.Kind = integrations.Unauthorized
	case answer.Code < 500:
		e.Kind = integrations.Temporary
	}
	return e
}
