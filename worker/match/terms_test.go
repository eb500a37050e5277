package match

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTagSpelling(t *testing.T) {
	same := [][]string{
		{"payment_gateway", "Payment-Gateways", "payment.gateway", "payment gateway"},
		{"sso", "SSO"},
	}
	for _, list := range same {
		for _, tag := range list {
			if got, want := foldTag(tag), foldTag(list[0]); got != want {
				t.Errorf("%q is %q, want %q", tag, got, want)
			}
		}
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		text string
		want []string
		lang string
	}{
		{"The payments are failing", []string{"are", "fail", "payment", "the"}, "en"},
		{"Attachments I attached", []string{"attach", "attachment"}, ""},
		{"Order 12345678 of 2026: error 503", []string{"2026", "503", "error", "of", "order"}, "en"},
		{"支払いができない", nil, ""},
		{"a ! ?", nil, ""},
	}
	for _, test := range tests {
		got, lang := wordTerms(test.text, "")
		if test.want != nil && !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
		if test.lang != "" && languages[lang].code != test.lang {
			t.Errorf("%q is taken for %s", test.text, languages[lang].code)
		}
	}
	if got, _ := wordTerms("支払いができない", ""); len(got) == 0 {
		t.Error("no words in Japanese")
	}
}

// A failure is recognised in every language that we know words of.
func TestSymptoms(t *testing.T) {
	tests := []struct {
		text string
		want string
	}{
		{"Search is slow, timeouts everywhere", "slow"},
		{"Zeitüberschreitung bei der Suche", "slow"},
		{"El pago falla siempre", "error"},
		{"La page est inaccessible", "down"},
		{"Export seit gestern nicht angekommen", "missing or late"},
		{"Fui cobrado duas vezes", "duplicate"},
		{"We were charged twice", "duplicate"},
		{"I clicked and was billed twice", "duplicate"},
		{"Die Karte wird nicht akzeptiert", "refused"},
		{"El cargo se repite", "duplicate"},
		{"Die Karte wurde zweimal belastet", "duplicate"},
		{"J'ai été débité deux fois", "duplicate"},
		{"I restarted twice", ""},
		{"I have tried the app on my phone twice", ""},
		{"Ich habe zweimal neu gestartet", ""},
		{"J'ai essayé deux fois", ""},
		{"Encore une fois, merci", ""},
		{"A veces no entra", ""},
		{"Me han cobrado 2 veces", "duplicate"},
		{"A charge on my card", ""},
		{"The request timed out", "slow"},
		{"Is there a plan for our time zone", ""},
		{"Something went wrong when I opened it", "error"},
		{"You sent the wrong colour", ""},
		{"We got the same invoice several times", "duplicate"},
		{"I tried three times", ""},
		{"It takes minutes to open the board", "slow"},
		{"How long will this take", ""},
		{"See you in ten minutes", ""},
		{"Our payouts don’t show up", "missing or late"},
		{"A banner shows up", ""},
		{"I can't get past the login", "refused"},
		{"Estamos fora do ar", "down"},
		{"Il pagamento non va: errore", "error"},
		{"Betaling mislukt", "error"},
		{"Betalningen misslyckas", "error"},
		{"Оплата не проходит, ошибка", "error"},
		{"Карта отклонена", "refused"},
		{"فشل الدفع بالبطاقة", "error"},
		{"信用卡付款被拒绝", "refused"},
		{"Zahlungsfehler an der Kasse", "error"},
		{"Serverausfall in Frankfurt", "down"},
		{"Accès refusé pour toute l'équipe", "refused"},
		{"Permission denied", "refused"},
		{"How do I add a seat", ""},
	}
	for _, test := range tests {
		terms, _ := wordTerms(test.text, "")
		if got := symptomNames(symptoms(terms)); got != test.want {
			t.Errorf("%q speaks of %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"Payments fail", "支払い", "\xff\x00", "é", strings.Repeat("x ", 3000), "a_b-c:d/e.f"} {
		f.Add(s, "de")
	}
	f.Fuzz(func(t *testing.T, text, locale string) {
		terms, lang := wordTerms(text, locale)
		if lang < -1 || lang >= len(languages) {
			t.Fatalf("language %d", lang)
		}
		if !slices.IsSorted(terms) || len(terms) > 3*maxWords {
			t.Fatalf("%d terms, sorted %v", len(terms), slices.IsSorted(terms))
		}
		for _, w := range terms {
			if !utf8.ValidString(w) {
				t.Fatalf("%q is not UTF-8", w)
			}
		}
		foldTag(text)
		c := NewCorpus(DefaultPolicy())
		c.Put(Ticket{ID: "1", CreatedAt: noon, Subject: text, Tags: []string{text}, Locale: locale})
		c.Match(Query{Targets: []Incident{{ID: "A", Title: text, Tags: []string{text}, StartedAt: noon}}, Policy: DefaultPolicy(), Now: noon})
	})
}
