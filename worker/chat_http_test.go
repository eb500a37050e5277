package worker

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// A command that takes longer than the chat waits is answered twice: at once
// that it takes a moment, and afterwards.
func TestSlowCommandIsAnsweredLater(t *testing.T) {
	for name, tt := range map[string]struct {
		takes       time.Duration
		first, then string
	}{
		"just in time": {commandPatience - time.Millisecond, "done", ""},
		"too slow":     {commandPatience + time.Millisecond, "This takes a moment; the answer follows.", "done"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				then := ""
				chat := Chat{
					Answer: func(a integrations.ChatAnswer) map[string]string { return map[string]string{"text": a.Text} },
					Later:  func(_ context.Context, _ string, a integrations.ChatAnswer) error { then = a.Text; return nil },
				}
				w := &Worker{Options: Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))}}
				rec := httptest.NewRecorder()
				begin := time.Now()
				w.answerCommand(t.Context(), rec, chat, integrations.ChatCommand{}, func(context.Context) integrations.ChatAnswer {
					<-time.After(tt.takes) // by the bubble's clock: nothing is waited for
					return integrations.ChatAnswer{Text: "done"}
				})
				if !strings.Contains(rec.Body.String(), tt.first) || then != tt.then || rec.Code != http.StatusOK || time.Since(begin) != tt.takes {
					t.Errorf("answered %q and then %q after %v", rec.Body, then, time.Since(begin))
				}
			})
		})
	}
}
