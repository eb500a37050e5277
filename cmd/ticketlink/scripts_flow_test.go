package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// Scripts plays customers who write in Japanese and in Arabic while others of
// theirs and English ones do, and returns one ticket of each.
func (s *story) Scripts() (japanese, arabic string) {
	s.t.Helper()
	write := func(locale, subject, text string, at time.Time, tags ...string) string {
		who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Customer of " + locale, Locale: locale})
		return s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: subject, Description: text, RequesterID: who, Tags: tags, At: at})
	}
	for n := range 40 {
		before := s.clock().Add(-time.Duration(n+2) * 9 * time.Hour)
		write("ja", "請求書の住所を変更したい", "住所の変更方法を教えてください。", before)
		write("ar", "كيف أغير عنوان الفاتورة", "أريد تغيير العنوان من فضلك.", before)
	}
	began := s.clock()
	s.PaymentTickets(10)
	for _, said := range [][4]string{ // what all say is the payment, or its page
		{"決済画面が開かない", "真っ白なままです。", "الدفع متوقف", "لم أستطع الشراء."},
		{"決済画面にエラー", "何度試しても同じです。", "مشكلة في الدفع", "ظهر خطأ في النهاية."},
		{"決済画面で支払いができません", "カードの支払いが失敗し、エラーが表示されます。", "فشل الدفع بالبطاقة (خطأ 502)", "تظهر رسالة خطأ: 502!"},
	} {
		japanese = write("ja", said[0], said[1], began, "payments")
		arabic = write("ar", said[2], said[3], began, "payments")
	}
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.FastForward(3 * time.Minute)
	return japanese, arabic
}

// Tickets in other scripts are linked to an English incident; the pages quote
// whole words of theirs, each in its own direction.
func TestTicketsInOtherScripts(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	japanese, arabic := s.Scripts()
	s.ExpectLinked("INC-1", japanese, arabic)
	v := s.Visitor()
	for ticket, want := range map[string][]string{
		japanese: {`<bdi>決済画面で支払いができません</bdi>`, `<bdi>&#34;決済画面&#34;</bdi>`},
		arabic:   {`<bdi>فشل الدفع بالبطاقة (خطأ 502)</bdi>`, `<bdi>&#34;الدفع&#34;</bdi>`, `<blockquote class="said" dir="auto">`},
	} {
		page, _ := v.Get("/tickets/support/" + ticket)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("the page of ticket %s does not have %s", ticket, w)
			}
		}
	}
}
