package followup

import (
	"embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

//go:embed words/*.tmpl
var words embed.FS

// Languages are those that have words of their own.
func Languages() []string { return []string{"de", "en", "es", "fr"} }

// A Wording says reminders, digests and drafts of answers in one language. A
// team's own templates replace any of ours: subject and text of a reminder,
// digest_subject and digest, and answer; Facts, DigestFacts and AnswerFacts are
// what they get. Where a team's own fails, ours speaks.
type Wording struct {
	Language string
	own      *template.Template
	builtin  *template.Template
}

// NewWording reads a language's words and the team's own templates, "" for
// none. Its errors say what in those does not work.
func NewWording(language, own string) (*Wording, error) {
	if !slices.Contains(Languages(), language) {
		return nil, fmt.Errorf("language %q: want one of %s", language, strings.Join(Languages(), ", "))
	}
	builtin, err := template.New("words").Option("missingkey=error").
		Funcs(template.FuncMap{"join": strings.Join}).ParseFS(words, "words/"+language+".tmpl")
	if err != nil {
		return nil, fmt.Errorf("read the words of %q: %w", language, err)
	}
	w := &Wording{Language: language, own: builtin, builtin: builtin}
	if own == "" {
		return w, nil
	}
	if w.own, err = template.Must(builtin.Clone()).Parse(own); err != nil {
		return nil, fmt.Errorf("read the templates: %s", plainError(err))
	}
	if err := w.unused(); err != nil {
		return nil, err
	}
	return w, w.try()
}

// unused finds text that would never be said: outside of a template, or in one
// whose name is nobody's.
func (w *Wording) unused() error {
	if w.own.Tree != nil && !parse.IsEmptyTree(w.own.Root) {
		return fmt.Errorf("text stands outside of the templates: put it in one of %s, as {{define \"text\"}}…{{end}}", strings.Join(said, ", "))
	}
	var calls string
	for _, t := range w.own.Templates() {
		calls += t.Root.String() // as Go writes it, however the team did
	}
	for _, t := range w.own.Templates() {
		name := t.Name()
		if w.builtin.Lookup(name) == nil && name != w.own.Name() && !strings.Contains(calls, fmt.Sprintf("{{template %q", name)) {
			return fmt.Errorf("template %q is never said: name it one of %s, or call it from these", name, strings.Join(said, ", "))
		}
	}
	return nil
}

// said are the templates that a team may replace.
var said = []string{"subject", "text", "digest_subject", "digest", "answer"}

// plainError takes what only Go's readers need out of a template's error; a
// position is one in the team's file.
func plainError(err error) string {
	text := strings.NewReplacer("template: words:", "line ").Replace(err.Error())
	before, _, _ := strings.Cut(text, " in type followup.")
	return before
}

// fields lists what a template can say of its facts.
func fields(facts any) string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(facts)) {
		names = append(names, "."+f.Name)
	}
	return strings.Join(names, ", ")
}

// try says everything once, so that a mistake is known at the start.
func (w *Wording) try() error {
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	for _, k := range []Kind{FirstReply, Update, Closing} {
		n := Notice{FollowUp: FollowUp{Incident: "INC-1", Kind: k, TicketID: "1", TicketIDs: []string{"1", "2"}, DueAt: at}, Now: at}
		facts := map[string]any{
			"subject": n.facts(), "text": n.facts(), "digest_subject": digestFacts([]Notice{n}), "digest": digestFacts([]Notice{n}),
			"answer": AnswerFacts{Incident: "INC-1", StartedAt: at},
		}
		for _, name := range said {
			text, err := run(w.own, name, facts[name])
			if err == nil && strings.TrimSpace(text) == "" {
				err = fmt.Errorf("it says nothing")
			}
			if err != nil {
				return fmt.Errorf("try the template %q on a %s: %s; it knows %s", name, k, plainError(err), fields(facts[name]))
			}
		}
	}
	return nil
}

func (w *Wording) say(name string, facts any) string {
	text, err := run(w.own, name, facts)
	if err != nil {
		text, _ = run(w.builtin, name, facts) // which a test holds to work
	}
	return text
}

func run(t *template.Template, name string, facts any) (string, error) {
	var b strings.Builder
	err := t.ExecuteTemplate(&b, name, facts)
	return b.String(), err
}

// AnswerFacts are what the draft of an answer to customers is made from.
type AnswerFacts struct {
	Incident   string // its key
	Title      string
	Message    string // said at the resolution
	StartedAt  time.Time
	ResolvedAt time.Time // zero while it is open
}

// Answer drafts what to tell customers. A person reads it before it is sent.
func (w *Wording) Answer(f AnswerFacts) string {
	f.StartedAt, f.ResolvedAt = f.StartedAt.UTC(), f.ResolvedAt.UTC()
	f.Title, f.Message = oneLine(f.Title), oneLine(f.Message)
	return strings.TrimSpace(w.say("answer", f))
}
