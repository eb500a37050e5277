package first

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ticketlink/ticketlink/worker/config"
)

// A File is a configuration and the secrets that it names.
type File struct {
	Text      string
	Variables []Variable
}

// Write makes the file of some choices. The error says why the configuration
// would be refused; then the file is of no use.
func Write(c Choices) (File, error) {
	var f File
	f.line("# Written by ticketlink init. Every key: ticketlink reference --example\n# ${NAME} is taken from the environment.\n")
	f.surroundings(c)
	f.systems("helpdesks", c.Helpdesks, helpdeskCredentials, anyHelpdesk)
	f.systems("incident_sources", c.Sources, sourceCredentials, anySource)
	f.systems("chat", c.Chats, chatCredentials, nil)
	f.followUp(c)
	return f, f.check()
}

func (f *File) line(format string, args ...any) { f.Text += fmt.Sprintf(format+"\n", args...) }

// secret names a variable in the text and remembers it.
func (f *File) secret(v Variable) string {
	f.Variables = append(f.Variables, v)
	return fmt.Sprintf("%q", "${"+v.Name+"}")
}

func (f *File) surroundings(c Choices) {
	f.line("listen: 127.0.0.1:8080")
	if c.PublicURL == "" {
		f.line("# public_url: https://ticketlink.example.com   # where other systems reach this service; webhooks and links need it")
	} else {
		f.line("public_url: %q", c.PublicURL)
	}
	f.line("api_token: %s   # of the API and the page", f.secret(Variable{Name: "TICKETLINK_API_TOKEN", Value: rand.Text(), Hint: "chosen at random; signs in to the page and the API"}))
	if c.OwnDatabase {
		f.line("database_url: %s", f.secret(Variable{Name: "TICKETLINK_DATABASE_URL", Hint: "postgres://user:password@host/database", Sample: "postgres://u@host/d"}))
	} else {
		f.line("data_dir: ./data   # of the embedded PostgreSQL; database_url names one of your own")
	}
	if c.OwnRedis {
		f.line("redis_url: %s", f.secret(Variable{Name: "TICKETLINK_REDIS_URL", Hint: "redis://host:6379/0", Sample: "redis://host:6379/0"}))
	} else {
		f.line("# redis_url: redis://localhost:6379/0   # absent: embedded")
	}
}

func (f *File) systems(key string, systems []System, known map[string][]credential, others []credential) {
	if len(systems) == 0 {
		return
	}
	f.line("\n%s:", key)
	below := ""
	if key == "chat" {
		below = "/command and …/events"
	}
	for _, s := range systems {
		f.line("  - name: %s   # sends to {public_url}/webhooks/%s%s", s.Name, s.Name, below)
		f.line("    kind: %s", s.Kind)
		if s.URL != "" {
			f.line("    url: %q", s.URL)
		}
		credentials, ok := known[s.Kind]
		if !ok {
			credentials = others
		}
		for _, c := range credentials {
			f.credential(s, c)
		}
		if s.Kind == config.ZendeskProblem {
			f.line("    helpdesk: support   # whose problem tickets are incidents\n    # tag: outage       # only those that carry it")
		}
		if s.Kind == config.Generic {
			f.line("%s", genericForms[key])
		}
	}
}

// genericForms begin what a system of kind generic needs: how its JSON is read.
var genericForms = map[string]string{
	"helpdesks": `    generic:   # expressions on one ticket's JSON (expr-lang.org); more, and lists to poll, in the reference
      ticket: {id: id, subject: subject, description: description, status: status, tags: tags, requester_id: requester_id, created_at: created_at, updated_at: updated_at}
      list: {path: "/tickets?since={since}", items: tickets}`,
	"incident_sources": `    mapping:   # expressions on the JSON that is sent (expr-lang.org); more in the reference
      key: id
      title: title ?? ""
      resolved: status == "resolved"`,
}

func (f *File) credential(s System, c credential) {
	v := c.variable(s.Name)
	if c.later {
		f.line("    # %s: \"${%s}\"   # %s; until then polling does the work", c.key, v.Name, c.hint)
		return
	}
	if c.each == nil {
		f.line("    %s: %s", c.key, f.secret(v))
		return
	}
	var items []string
	for _, one := range c.each {
		each := v
		each.Name, each.Hint = variable(s.Name, one+"_token"), each.Hint+" /"+one
		items = append(items, f.secret(each))
	}
	f.line("    %s: [%s]", c.key, strings.Join(items, ", "))
}

func (f *File) followUp(c Choices) {
	if len(c.Targets) == 0 && c.Hours == nil {
		return
	}
	f.line("\nfollow_up:")
	if c.Hours != nil {
		f.line("  business_hours: {timezone: %s, days: [mon, tue, wed, thu, fri], from: %q, to: %q}", c.Hours.Timezone, c.Hours.From, c.Hours.To)
	}
	if len(c.Targets) == 0 {
		return
	}
	var names []string
	for _, t := range c.Targets {
		names = append(names, t.Name)
	}
	f.line("  notify: [%s]\n\nnotify:", strings.Join(names, ", "))
	for _, t := range c.Targets {
		form := cmp.Or(targetForms[t.Scheme], t.URL)
		v := Variable{Name: variable(t.Name, "url"), Value: t.URL, Hint: "like " + form, Sample: form}
		f.line("  - {name: %s, url: %s}", t.Name, f.secret(v))
	}
}

// check has the configuration's own rules read the file.
func (f *File) check() error {
	env := func(name string) (string, bool) {
		for _, v := range f.Variables {
			if v.Name == name {
				return cmp.Or(v.Value, v.Sample), true
			}
		}
		return "", false
	}
	nothing := func(string) ([]byte, error) { return nil, os.ErrNotExist }
	if _, err := config.Parse("the configuration", []byte(f.Text), env, nothing); err != nil {
		return errors.Join(errors.New("these choices make no valid configuration"), err)
	}
	return nil
}

// Environment is the list of variables for a shell: set -a; . FILE.
func (f *File) Environment() string {
	var b strings.Builder
	for _, v := range f.Variables {
		fmt.Fprintf(&b, "# %s\n%s=%s\n", v.Hint, v.Name, quoted(v.Value))
	}
	return b.String()
}

// quoted is a text as a shell takes it literally.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Missing are the variables to be filled in.
func (f *File) Missing() []Variable {
	var missing []Variable
	for _, v := range f.Variables {
		if v.Value == "" {
			missing = append(missing, v)
		}
	}
	return missing
}
