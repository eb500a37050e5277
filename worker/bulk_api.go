package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
)

// An AnswerBody asks for a dry run, or confirms it.
type AnswerBody struct {
	Text      string            `json:"text,omitempty" maxLength:"20000" doc:"What customers are told whose language is not among texts. Absent: a draft is answered"`
	Texts     map[string]string `json:"texts,omitempty" doc:"The same in other languages, by the customer's locale, such as de"`
	SetStatus string            `json:"set_status,omitempty" enum:",pending,solved" doc:"What to set the tickets to"`
	Confirm   *int              `json:"confirm,omitempty" minimum:"1" doc:"The number of tickets that the dry run showed. Without it nothing is sent"`
	By        string            `json:"by,omitempty" maxLength:"200" doc:"Who confirms. Default: the token's name"`
}

// A bulkView is a dry run, or an answer on its way.
type bulkView struct {
	ID          string            `json:"id,omitempty"`
	Incident    string            `json:"incident"`
	Number      int               `json:"number" doc:"Tickets that get it: what to confirm"`
	Languages   map[string]int    `json:"languages,omitempty" doc:"Tickets by the text that they get; other: by text"`
	Tickets     []string          `json:"tickets,omitempty" doc:"helpdesk/id of each"`
	Text        string            `json:"text"`
	Texts       map[string]string `json:"texts,omitempty"`
	SetStatus   string            `json:"set_status,omitempty"`
	Confirmed   bool              `json:"confirmed"`
	ConfirmedBy string            `json:"confirmed_by,omitempty"`
	ConfirmedAt *time.Time        `json:"confirmed_at,omitempty"`
	Sent        int32             `json:"sent"`
	Waiting     int32             `json:"waiting"`
	Failed      int32             `json:"failed" doc:"Refused by the helpdesk, or stopped"`
}

// answerAPI registers answers to all affected tickets.
func (w *Worker) answerAPI(api huma.API) {
	huma.Register(api, op("POST", "/incidents/{key}/answers", "answer-all", "Answer all affected tickets: a dry run, until its number is confirmed", 200), func(ctx context.Context, in *struct {
		KeyPath
		Body AnswerBody
	}) (*body[bulkView], error) {
		a := in.Body.answer(actorOr(ctx, in.Body.By))
		p, confirmed, err := w.answerAll(ctx, in.Key, a)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[bulkView]{viewPlan(p, a, confirmed)}, nil
	})
	huma.Register(api, op("GET", "/incidents/{key}/answers", "list-answers", "List the confirmed answers of an incident, and how far they are"), func(ctx context.Context, in *struct {
		KeyPath
		Paging
	}) (*body[pageOf[bulkView]], error) {
		page, err := w.listAnswers(ctx, in.Key, in.Paging)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[bulkView]]{page}, nil
	})
	huma.Register(api, op("POST", "/incidents/{key}/answers/{id}/stop", "stop-answer", "Stop what is not sent yet", 200), func(ctx context.Context, in *struct {
		KeyPath
		ID   int64 `path:"id"`
		Body *Word `required:"false"`
	}) (*body[map[string]int64], error) {
		by := actor(ctx)
		if in.Body != nil {
			by = actorOr(ctx, in.Body.By)
		}
		stopped, err := w.stopAnswer(ctx, in.Key, in.ID, by)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[map[string]int64]{map[string]int64{"stopped": stopped}}, nil
	})
}

func (b AnswerBody) answer(by string) bulkAnswer {
	a := bulkAnswer{Texts: map[string]string{}, SetStatus: b.SetStatus, Confirm: b.Confirm, By: by}
	for language, text := range b.Texts {
		a.Texts[strings.ReplaceAll(strings.ToLower(language), "_", "-")] = text
	}
	if b.Text != "" {
		a.Texts[""] = b.Text
	}
	return a
}

func viewPlan(p bulkPlan, a bulkAnswer, confirmed *schema.Answer) bulkView {
	v := bulkView{Incident: p.Incident.Key, Number: len(p.Recipients), SetStatus: a.SetStatus, Languages: map[string]int{}}
	v.say(p.Texts)
	for _, r := range p.Recipients {
		v.Tickets = append(v.Tickets, r.Helpdesk+"/"+r.TicketID)
		if r.Language == "" {
			r.Language = "other"
		}
		v.Languages[r.Language]++
	}
	if confirmed != nil {
		v.ID, v.Confirmed, v.Waiting = strconv.FormatInt(confirmed.ID, 10), true, int32(v.Number)
		v.ConfirmedBy, v.ConfirmedAt = confirmed.ConfirmedBy, &confirmed.ConfirmedAt
	}
	return v
}

func (v *bulkView) say(texts map[string]string) {
	v.Texts = map[string]string{}
	for language, text := range texts {
		if language == "" {
			v.Text = text
			continue
		}
		v.Texts[language] = text
	}
}

func (w *Worker) listAnswers(ctx context.Context, key string, p Paging) (pageOf[bulkView], error) {
	after, err := p.after()
	if err != nil {
		return pageOf[bulkView]{}, err
	}
	i, err := w.incident(ctx, key)
	if err != nil {
		return pageOf[bulkView]{}, err
	}
	rows, err := w.queries.ListAnswers(ctx, schema.ListAnswersParams{Incident: i.ID, After: after, Batch: p.fetch()})
	if err != nil {
		return pageOf[bulkView]{}, fmt.Errorf("list answers of %s: %w", key, err)
	}
	return pageFrom(p, rows, func(r schema.ListAnswersRow) int64 { return r.Answer.ID }, func(r schema.ListAnswersRow) bulkView {
		v := bulkView{ID: strconv.FormatInt(r.Answer.ID, 10), Incident: key, Number: int(r.Tickets), SetStatus: r.Answer.SetStatus,
			Confirmed: true, ConfirmedBy: r.Answer.ConfirmedBy, ConfirmedAt: &r.Answer.ConfirmedAt,
			Sent: r.Sent, Waiting: r.Waiting, Failed: r.Failed}
		var texts map[string]string
		if json.Unmarshal(r.Answer.Texts, &texts) == nil {
			v.say(texts)
		}
		return v
	}), nil
}
