package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

type answerCommand struct {
	remote
	Key         string            `arg:"" help:"For example INC-42."`
	Text        string            `help:"What to tell every affected customer. Default: show a draft."`
	Translation map[string]string `help:"The same in another language, by the customer's locale: --translation de=…; may be repeated." placeholder:"LANGUAGE=TEXT"`
	Status      string            `help:"Set the tickets to pending or solved." enum:",pending,solved" default:""`
	Confirm     *int              `help:"Send it: the number of tickets that the dry run showed." placeholder:"N"`
	By          string            `help:"Who confirms. Default: the token's name."`
	Progress    bool              `help:"Show how far confirmed answers are."`
}

func (answerCommand) Help() string {
	return `Answers all affected tickets of an incident publicly. Without --confirm it is a
dry run: it shows the words and the number of tickets, and sends nothing. The
same words reach a ticket once, however often they are confirmed.

Examples:
  ticketlink answer INC-42
  ticketlink answer INC-42 --text "Payments work again. We are sorry."
  ticketlink answer INC-42 --text "Payments work again. We are sorry." --confirm 37`
}

// An answerView is what the API says of a dry run or an answer.
type answerView struct {
	ID                    string
	Number                int
	Languages             map[string]int
	Text                  string
	Texts                 map[string]string
	Confirmed             bool
	ConfirmedBy           string    `json:"confirmed_by"`
	ConfirmedAt           time.Time `json:"confirmed_at"`
	Sent, Waiting, Failed int
}

func (a answerCommand) Run(ctx context.Context, c *cli) error {
	if err := a.connect(c); err != nil {
		return err
	}
	path := incidentPath(a.Key, "/answers")
	if a.Progress {
		var page struct{ Items []answerView }
		if err := a.call(ctx, "GET", path+"?limit=500", nil, &page); err != nil {
			return err
		}
		for _, v := range page.Items {
			fmt.Printf("%s confirmed by %s at %s: %d sent, %d waiting, %d failed\n", v.ID, v.ConfirmedBy, v.ConfirmedAt.Format(time.RFC3339), v.Sent, v.Waiting, v.Failed)
		}
		return nil
	}
	var v answerView
	err := a.call(ctx, "POST", path, struct {
		Text        string            `json:"text,omitempty"`
		Translation map[string]string `json:"texts,omitempty"`
		Status      string            `json:"set_status,omitempty"`
		Confirm     *int              `json:"confirm,omitempty"`
		By          string            `json:"by,omitempty"`
	}{a.Text, a.Translation, a.Status, a.Confirm, a.By}, &v)
	if err != nil {
		return err
	}
	a.print(v)
	return nil
}

func (a answerCommand) print(v answerView) {
	if v.Confirmed {
		fmt.Printf("Answering %d tickets of %s now; ticketlink answer %s --progress shows how far.\n", v.Number, a.Key, a.Key)
		return
	}
	fmt.Println(v.Text)
	for _, language := range slices.Sorted(maps.Keys(v.Texts)) {
		fmt.Printf("\n--- %s, %d tickets\n%s\n", language, v.Languages[language], v.Texts[language])
	}
	fmt.Printf("\nNothing was sent. %d tickets would get this.\n", v.Number)
	if a.Text != "" && v.Number > 0 {
		fmt.Printf("To send it, repeat the command with --confirm %d.\n", v.Number)
	}
}
