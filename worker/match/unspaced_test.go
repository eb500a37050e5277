package match

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var quotedName = regexp.MustCompile(`"[^"]*"`)

// Customers who paste one text make all of its terms equally strong: those that
// people can read are told, not two kana that come first by their code.
func TestOfEquallyStrongTermsTheReadableAreTold(t *testing.T) {
	w := newWorld(1, 40)
	for k := range 40 {
		w.tickets = append(w.tickets, Ticket{ID: fmt.Sprintf("o%d", k), Subject: "請求書の住所を変更したい", Locale: "ja",
			CreatedAt: noon.Add(time.Duration(k-38) * 3 * time.Hour)})
	}
	for k := range 3 {
		w.tickets = append(w.tickets, Ticket{ID: fmt.Sprintf("x%d", k), Subject: "決済画面で支払いができません", Locale: "ja", Tags: []string{"payments"},
			CreatedAt: noon.Add(time.Duration(20+10*k) * time.Minute)})
	}
	link, _ := find(w.corpus(DefaultPolicy()).Match(w.query()), "x0", "A")
	if reasons := fmt.Sprint(link.Evidence); !strings.Contains(reasons, `"支払"`) {
		t.Errorf("no reason names a word: %s", reasons)
	}
}

// Tickets in languages that do not share the incident's words are suggested at
// least, as customers who share nothing but the hour and the failure; those that
// share its tag are linked. Reasons name whole words of theirs.
func TestOtherLanguages(t *testing.T) {
	tests := []struct {
		language, ordinary string
		failing            [4]string
		named              string // in a reason
		unnamed            []string
	}{
		{"ja", "請求書の住所を変更したい", [4]string{"支払いができません。エラーが出ます", "決済画面で支払いエラー", "カードの支払いが失敗します", "支払いエラー"},
			`"支払"`, []string{`"払い"`, `"いが"`, `"がで"`, `"せん"`}},
		{"zh", "如何更改发票地址", [4]string{"信用卡付款失败", "无法用信用卡支付，页面报错", "结账时付款失败，信用卡没问题", "付款失败"},
			`"信用卡"`, []string{`"用卡"`, `"款失"`, `"时付"`, `"卡付"`}},
		{"th", "ต้องการเปลี่ยนที่อยู่ใบแจ้งหนี้", [4]string{"ไม่สามารถชำระเงินได้", "ชำระเงินด้วยบัตรไม่สำเร็จ", "หน้าชำระเงินขึ้นข้อผิดพลาด", "ชำระเงินไม่ได้"},
			"", []string{`"ชำ"`, `"ำร"`, `"ระ"`}},
		{"ar", "كيف أغير عنوان الفاتورة", [4]string{"فشل الدفع بالبطاقة", "خطأ في صفحة الدفع عند إتمام الشراء", "لا يمكنني الدفع، خطأ", "فشل الدفع"},
			`"الدفع"`, []string{`"دفع"`, `"عند"`}},
		{"ru", "Как изменить адрес в счёте", [4]string{"Ошибка при оплате картой", "Оплата не проходит, ошибка", "При оплате ошибка", "Сбой при оплате"},
			`"оплате"`, []string{`"оплат"`, `"при"`}},
		{"de", "Wie ändere ich die Rechnungsadresse", [4]string{"Zahlungsfehler an der Kasse", "Kreditkartenzahlung schlägt fehl", "Zahlungsfehler mit Karte", "Fehler bei der Zahlung"},
			`"zahlungsfehler"`, []string{`"zahlungsfehl"`, `"fehl"`, `"kreditkartenzahl"`}},
		{"pt", "Como altero o endereço da fatura", [4]string{"Erro ao pagar com cartão", "Não consigo pagar, erro no cartão", "Erro ao pagar", "Cartão com erro ao pagar"},
			`"pagar"`, []string{`"pag"`, `"cartã"`}},
	}
	w := newWorld(1, 40)
	for n, test := range tests {
		for k := range 40 {
			w.tickets = append(w.tickets, Ticket{ID: fmt.Sprintf("o-%s-%d", test.language, k), Subject: test.ordinary, Locale: test.language,
				CreatedAt: noon.Add(time.Duration(k-38)*3*time.Hour + time.Duration(7*n)*time.Minute)})
		}
		for k, tags := range [][]string{{"payments"}, {"payments"}, {"payments"}, nil} {
			w.tickets = append(w.tickets, Ticket{ID: fmt.Sprintf("x-%s-%d", test.language, k), Subject: test.failing[k], Locale: test.language,
				Tags: tags, CreatedAt: noon.Add(time.Duration(20+10*k) * time.Minute)})
		}
	}
	links := w.corpus(DefaultPolicy()).Match(w.query())
	for _, test := range tests {
		tagged, _ := find(links, "x-"+test.language+"-0", "A")
		plain, _ := find(links, "x-"+test.language+"-3", "A")
		if tagged.State != Auto || plain.State != Auto && plain.State != Suggested {
			t.Errorf("%s: %q at %.2f with the tag, %q at %.2f without", test.language, tagged.State, tagged.Confidence, plain.State, plain.Confidence)
		}
		reasons := fmt.Sprint(tagged.Evidence, plain.Evidence)
		if !strings.Contains(reasons, test.named) {
			t.Errorf("%s: no reason names %s: %s", test.language, test.named, reasons)
		}
		for _, e := range slices.Concat(tagged.Evidence, plain.Evidence) {
			names := quotedName.FindAllString(e.Detail, -1)
			slices.Sort(names)
			if len(slices.Compact(slices.Clone(names))) < len(names) {
				t.Errorf("%s: a word is named twice: %s", test.language, e.Detail)
			}
		}
		for _, half := range test.unnamed {
			if strings.Contains(reasons, half) {
				t.Errorf("%s: %s is named, which is no word: %s", test.language, half, reasons)
			}
		}
	}
	for _, l := range links {
		if l.State == Auto && strings.HasPrefix(l.TicketID, "o-") {
			t.Errorf("%s is linked to %s at %.2f", l.TicketID, l.IncidentID, l.Confidence)
		}
	}
}

// A rise of Japanese or Chinese tickets is told by a whole word of theirs.
func TestSurgesInOtherScripts(t *testing.T) {
	for _, test := range []struct {
		ordinary string
		rise     [3]string
		want     []string
	}{
		{"請求書の住所を変更したい", [3]string{"支払いができません", "カードの支払いが失敗", "支払いエラーが出ます"}, []string{"支払"}},
		{"如何更改发票地址", [3]string{"信用卡付款失败", "无法用信用卡支付", "信用卡没问题，付款失败"}, []string{"信用卡", "付款"}},
	} {
		c, now := newWorld(1, 0).corpus(DefaultPolicy()), noon.Add(40*time.Hour)
		for k := range 40 {
			c.Put(Ticket{ID: fmt.Sprint("o", k), Subject: test.ordinary, CreatedAt: now.Add(-time.Duration(k+3) * 5 * time.Hour)})
		}
		for k := range 12 {
			c.Put(Ticket{ID: fmt.Sprint("x", k), Subject: test.rise[k%3], CreatedAt: now.Add(time.Duration(k-12) * time.Minute)})
		}
		if got := c.Surges(nil, now); len(got) != 1 || !slices.Contains(test.want, got[0].Term) {
			t.Errorf("%s: %+v, want one told by one of %v", test.rise[0], got, test.want)
		}
	}
}
