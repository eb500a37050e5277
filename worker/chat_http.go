package worker

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	// Chats give up after three seconds
	// (https://docs.slack.dev/interactivity/implementing-slash-commands).
	commandPatience = 2 * time.Second
	commandTimeout  = 30 * time.Second
)

var errNoChat = errors.New("no chat of that name is configured so that it takes this")

// commanded answers a slash command.
func (w *Worker) commanded(rw http.ResponseWriter, r *http.Request) {
	chat, cmd, err := w.readCommand(rw, r)
	if err != nil {
		problem(rw, chatStatus(err), err.Error())
		return
	}
	w.answerCommand(r.Context(), rw, chat, cmd, func(ctx context.Context) integrations.ChatAnswer { return w.runCommand(ctx, chat, cmd) })
}

// answerCommand runs a command. Where that takes longer than the chat waits, it
// says so at once and gives the answer afterwards, before it returns.
func (w *Worker) answerCommand(ctx context.Context, rw http.ResponseWriter, chat Chat, cmd integrations.ChatCommand, run func(context.Context) integrations.ChatAnswer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTimeout)
	defer cancel()
	answered := make(chan integrations.ChatAnswer, 1)
	go func() { answered <- run(ctx) }()
	patience := time.NewTimer(commandPatience)
	defer patience.Stop()
	select {
	case a := <-answered:
		say(rw, chat.Answer(a))
	case <-patience.C:
		say(rw, chat.Answer(integrations.ChatAnswer{Text: "This takes a moment; the answer follows."}))
		a := <-answered
		if err := chat.Later(ctx, cmd.ResponseURL, a); err != nil { // what was done stays
			w.Log.Warn("late answer to a command failed", "chat", chat.Name, "command", cmd.Name, "error", err)
		}
	}
}

func (w *Worker) readCommand(rw http.ResponseWriter, r *http.Request) (Chat, integrations.ChatCommand, error) {
	chat, ok := w.chat(r.PathValue("name"))
	if !ok {
		return chat, integrations.ChatCommand{}, errNoChat
	}
	body, err := w.readBody(rw, r)
	if err != nil {
		return chat, integrations.ChatCommand{}, err
	}
	cmd, err := chat.Command(r.Header, body, w.now())
	return chat, cmd, err
}

// say answers with a length, so that the chat has all of it although the
// handler may go on.
func say(rw http.ResponseWriter, answer map[string]string) {
	raw, err := json.Marshal(answer)
	if err != nil {
		problem(rw, http.StatusInternalServerError, "the answer cannot be written")
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	rw.Write(raw)
	if f, ok := rw.(http.Flusher); ok {
		f.Flush()
	}
}

func chatStatus(err error) int {
	if errors.Is(err, errNoChat) {
		return http.StatusNotFound
	}
	return receiveStatus(err)
}

// heard takes what was said in a chat: checked, stored, answered; the inbox
// does the rest.
func (w *Worker) heard(rw http.ResponseWriter, r *http.Request) {
	name, begin := r.PathValue("name"), w.now()
	challenge, err := w.hearChat(rw, r, name)
	code := chatStatus(err)
	w.Metrics.webhook(name, code, w.now().Sub(begin))
	if err != nil {
		problem(rw, code, err.Error())
		return
	}
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.WriteHeader(code)
	rw.Write([]byte(challenge)) // nothing but at the set-up
}

func (w *Worker) hearChat(rw http.ResponseWriter, r *http.Request, name string) (challenge string, err error) {
	chat, ok := w.chat(name)
	if !ok || chat.Event == nil {
		return "", errNoChat
	}
	body, err := w.readBody(rw, r)
	if err != nil {
		return "", err
	}
	key, challenge, err := chat.Event(r.Header, body, w.now())
	if err != nil || challenge != "" {
		return challenge, err
	}
	if err := w.inbox.put(r.Context(), delivery{source: name, key: key, body: body}); err != nil {
		return "", errors.Join(errNotStored, err)
	}
	w.inboxWaits.Store(true)
	return "", nil
}
