package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type env map[string]string

func (e env) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

type files map[string]string

func (f files) read(name string) ([]byte, error) {
	if text, ok := f[name]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func parse(t *testing.T, text string, e env) *Config {
	t.Helper()
	c, err := Parse("t.yaml", []byte(text), e.lookup, files{}.read)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingConfiguredIsEnoughToServe(t *testing.T) {
	c, err := Load("", env{}.lookup, files{}.read)
	if err != nil {
		t.Fatal(err)
	}
	type kept struct {
		Listen, PublicURL, DataDir, LogLevel, LogFormat string
		Database, Redis                                 string
		Migrate                                         bool
		MaxBody                                         ByteSize
		MaxAge                                          time.Duration
		AutoLink, Suggest                               float64
		CarefulStart                                    int
		Remind                                          []Span
		OnePerCustomer                                  bool
	}
	got := kept{c.Listen, c.PublicURL, c.DataDir, c.LogLevel, c.LogFormat, c.DatabaseURL.Reveal(), c.RedisURL.Reveal(), c.Migrate,
		c.WebhookMaxBody, c.WebhookMaxAge, c.Matching.AutoLink, c.Matching.Suggest, c.Matching.CarefulStart, c.FollowUp.Remind, c.FollowUp.OnePerCustomer}
	want := kept{"127.0.0.1:8080", "http://127.0.0.1:8080", "./data", "info", "text", "", "", true,
		1 << 20, 5 * time.Minute, 0.9, 0.25, 50, []Span{{}, {D: 4 * time.Hour}, {D: 24 * time.Hour}}, true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Level() != slog.LevelInfo || len(c.Tokens()) != 0 || len(c.Warnings) != 0 || c.FollowUp.BusinessHours != nil {
		t.Errorf("level %v, tokens %v, warnings %v, hours %v", c.Level(), c.Tokens(), c.Warnings, c.FollowUp.BusinessHours)
	}
}

func TestEmptyFilesAreLikeNone(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "~\n", "helpdesks:\nimpact: ~\n", "\ufeff# mark\nmigrate: true\n"} {
		if c := parse(t, text, nil); c.Listen != "127.0.0.1:8080" || c.Impact.Currency != "USD" {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

func TestLoadFindsTheFile(t *testing.T) {
	disk := files{"a.yaml": "listen: :1", "b.yaml": "listen: :2"}
	e := env{"TICKETLINK_CONFIG": "b.yaml"}
	for path, want := range map[string]string{"a.yaml": ":1", "": ":2"} {
		if c, err := Load(path, e.lookup, disk.read); err != nil || c.Listen != want {
			t.Errorf("--config %q: listen %v, %v", path, c, err)
		}
	}
	_, err := Load("missing.yaml", e.lookup, disk.read)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "missing.yaml") {
		t.Errorf("missing file: %v", err)
	}
}

func TestEnvironmentBeatsTheFile(t *testing.T) {
	file := "listen: 127.0.0.1:1\ndatabase_url: ${NOT_SET}\nlog_level: warn\n"
	c := parse(t, file, env{
		"TICKETLINK_LISTEN": "127.0.0.1:2", "TICKETLINK_DATABASE_URL": "postgres://u:p@db/t", "TICKETLINK_REDIS_URL": "redis://r",
		"TICKETLINK_LOG_FORMAT": "json", "TICKETLINK_LOG_LEVEL": "", "TICKETLINK_API_TOKEN": "${TOKEN}", "TOKEN": "t0",
		"TICKETLINK_PUBLIC_URL": "https://x.example", "TICKETLINK_DATA_DIR": "/d", "TICKETLINK_MIGRATE": "false", "TICKETLINK_WEBHOOK_MAX_BODY": "2MiB",
	})
	got := []any{c.Listen, c.DatabaseURL.Reveal(), c.RedisURL.Reveal(), c.LogFormat, c.LogLevel, c.APIToken.Reveal(), c.PublicURL, c.DataDir, c.Migrate, c.WebhookMaxBody}
	want := []any{"127.0.0.1:2", "postgres://u:p@db/t", "redis://r", "json", "warn", "t0", "https://x.example", "/d", false, ByteSize(2 << 20)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if all := c.Tokens(); len(all) != 1 || all[0].Name != "api_token" || !cmp.Equal(all[0].Scopes, []string{"read", "write", "admin"}) {
		t.Errorf("api_token is a token for everything, got %v", all)
	}
}

func TestValuesFromOutside(t *testing.T) {
	e := env{"A": "one", "B": "two", "N": "7", "TRICK": "${A}"}
	disk := files{"/s/token": "s3cret\r\n\n"}
	file := `
matching: {careful_start: "${N}", ignore_tags: ["${A}-${B}", "$${A}", "${TRICK}", "a$b"]}
api_token: "${file:/s/token}"
data_dir: |
  ${A}`
	c, err := Parse("t.yaml", []byte(file), e.lookup, disk.read)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"one-two", "${A}", "${A}", "a$b"}
	if diff := cmp.Diff(want, c.Matching.IgnoreTags); diff != "" {
		t.Error(diff)
	}
	if c.APIToken.Reveal() != "s3cret" || c.Matching.CarefulStart != 7 || c.DataDir != "one" {
		t.Errorf("token %q, careful_start %d, data_dir %q", c.APIToken.Reveal(), c.Matching.CarefulStart, c.DataDir)
	}
}

func TestExampleNamesEveryKeyAndParses(t *testing.T) {
	e, disk := secretsFor(Example())
	e["TEXT_KEY"] = strings.Repeat("k", 32)
	c, err := Parse("example.yaml", []byte(Example()), e.lookup, disk.read)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings: %v", c.Warnings)
	}
	var reference strings.Builder
	if err := Reference(&reference); err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)`").FindAllStringSubmatch(reference.String(), -1) {
		if !regexp.MustCompile(`\b` + row[1] + `:`).MatchString(Example()) {
			t.Errorf("the example does not show %s", row[1])
		}
	}
}

func TestContractSampleParsesAsItIs(t *testing.T) {
	contract, err := os.ReadFile("../../../shared/contract.md")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("needs the contract beside the repository")
	}
	_, sample, _ := strings.Cut(string(contract), "```yaml\n")
	sample, _, _ = strings.Cut(sample, "```")
	e, disk := secretsFor(sample)
	if _, err := Parse("contract.yaml", []byte(sample), e.lookup, disk.read); err != nil || sample == "" {
		t.Errorf("%v", err)
	}
}

// secretsFor gives every reference in text a value of its own that suits URLs too.
func secretsFor(text string) (env, files) {
	e, disk := env{}, files{}
	for i, ref := range regexp.MustCompile(`\$\{([^}…]+)\}`).FindAllStringSubmatch(text, -1) {
		value := fmt.Sprintf("postgres://s%d@host", i)
		e[ref[1]] = value
		disk[strings.TrimPrefix(ref[1], "file:")] = value
	}
	return e, disk
}

func TestEveryTagIsValid(t *testing.T) {
	var reference strings.Builder
	if err := Reference(&reference); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(reference.String(), "|  | |") || strings.Contains(reference.String(), "<nil>") {
		t.Error(reference.String())
	}
	for _, want := range []string{
		"| `listen` | address | `127.0.0.1:8080` |",
		"| `redis_url` | URL, secret |  |",
		"| `webhook_max_body` | size, 1KiB to 64MiB | `1MiB` |",
		"| `kind` | `zendesk`, ",
		"| `remind` | list of span | `[0s, 4h, 24h]` |",
		"**`matching.never[]`**: tickets that never do, whatever always says; keys as in `matching.always[]`",
	} {
		if !strings.Contains(reference.String(), want) {
			t.Errorf("no %q in\n%s", want, reference.String())
		}
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	c := parse(t, `{api_token: hunter2, notify: [{name: a, url: "slack://hunter2@x"}], database_url: "postgres://hunter2@db/x"}`, nil)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "config", c, "token", c.APIToken)
	for _, shown := range []string{string(asJSON), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.APIToken, c.APIToken), log.String()} {
		if strings.Contains(shown, "hunter2") {
			t.Errorf("shows the secret: %s", shown)
		}
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"open to the network without a token", "listen: 0.0.0.0:8080", "the API answers on loopback only"},
		{"every interface by an empty host", `listen: ":8080"`, "the API answers on loopback only"},
		{"open with a token", "{listen: \":8080\", api_token: t}", ""},
		{"open with a provider", "{listen: \":8080\", public_url: https://x, sign_in: {oidc: {issuer: https://a, client_id: x, default_role: viewer}}}", ""},
		{"IPv6 loopback", `listen: "[::1]:8080"`, ""},
		{"nobody to remind", "helpdesks: [{name: a, kind: zendesk, url: http://localhost, oauth_token: x}]", "nobody is reminded"},
		{"nobody to escalate to", "follow_up: {escalate: [bos]}\nnotify: [{name: boss, url: slack://x}]", `t.yaml:1:24: follow_up.escalate[0]: "bos" is not a name under notify; expected boss (did you mean boss?); the last reminder does without it`},
	}
	for _, tt := range tests {
		got := strings.Join(parse(t, tt.file, nil).Warnings, "; ")
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
