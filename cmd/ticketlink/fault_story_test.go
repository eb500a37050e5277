package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// tell plays an incident with six customers: four write before it is declared,
// two later; one ticket changes; when it is over everybody is owed a closing
// word. Trouble is what goes wrong, once while tickets come and once while the
// closing words are due; it returns what puts it right.
func (p *plant) tell(trouble func() (mend func())) {
	p.t.Helper()
	var tickets []string
	mend := trouble()
	for i := range 4 {
		tickets = append(tickets, p.writes(i))
	}
	mend()
	p.call("POST", "/incidents", map[string]any{"key": "F-1", "title": "Payments fail", "services": []string{"payments"}})
	p.linked(4)
	p.helpdesk.SetTags(tickets[0], "payments", "vip")
	for i := range 2 {
		tickets = append(tickets, p.writes(4+i))
	}
	p.linked(6)
	p.call("POST", "/incidents/F-1/resolve", map[string]any{})
	trouble()()
	p.until("every customer's closing word is delivered", func() bool {
		return p.count("select count(*) from reminders where delivered_at is not null") >= len(tickets)
	})
	p.expectWhole(tickets)
}

func (p *plant) writes(n int) string {
	who := p.helpdesk.AddCustomer(zendeskfake.Customer{Name: fmt.Sprintf("Customer %d", n)})
	return p.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: fmt.Sprintf("Payment %d", n), Description: "It fails.",
		RequesterID: who, Tags: []string{"payments"}})
}

// linked waits until so many tickets are linked.
func (p *plant) linked(n int) {
	p.t.Helper()
	p.until(fmt.Sprintf("%d tickets are linked", n), func() bool { return p.count("select count(*) from links where state = 'auto'") == n })
}

// call asks the API until it does what was asked or says that it is done already.
func (p *plant) call(method, path string, in any) {
	p.t.Helper()
	body, err := json.Marshal(in)
	p.must(err)
	client := http.Client{Timeout: 5 * time.Second}
	p.until(method+" "+path, func() bool {
		resp, err := client.Post("http://"+p.front.addr()+"/api/v1"+path, "application/json", bytes.NewReader(body))
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode < 300 || resp.StatusCode == http.StatusConflict
	})
}

// count is 0 while the database is away.
func (p *plant) count(sql string, args ...any) (n int) {
	if err := p.pool.QueryRow(p.t.Context(), sql, args...).Scan(&n); err != nil {
		return 0
	}
	return n
}

// state is what there is, for a failure's report.
func (p *plant) state() string {
	return fmt.Sprintf("inbox %d (dead %d), tickets %d, links %d, follow-ups %d, reminders %d (delivered %d), messages %d",
		p.count("select count(*) from inbox"), p.count("select count(*) from inbox where dead_at is not null"),
		p.count("select count(*) from tickets"), p.count("select count(*) from links"), p.count("select count(*) from follow_ups"),
		p.count("select count(*) from reminders"), p.count("select count(*) from reminders where delivered_at is not null"),
		len(p.targets.Messages()))
}

// expectWhole requires that nothing is lost and nothing is there twice.
func (p *plant) expectWhole(tickets []string) {
	p.t.Helper()
	for _, d := range p.helpdesk.Deliveries() {
		if d.Status != http.StatusOK {
			continue // not acknowledged: the helpdesk repeats it, or the poll finds it
		}
		var event struct{ ID string }
		p.must(json.Unmarshal(d.Body, &event))
		p.until("event "+event.ID+" is processed", func() bool {
			return p.count("select count(*) from inbox where dedup_key = $1 and processed_at is not null", event.ID) == 1
		})
	}
	p.until("every ticket is there as the helpdesk has it", func() bool {
		return p.count("select count(*) from tickets") == len(tickets) &&
			p.count("select count(*) from tickets where ticket_id = $1 and 'vip' = any(tags)", tickets[0]) == 1
	})
	p.expectReminders(len(tickets))
	p.expectNotes(tickets)
	out, err := p.command(p.servers.program, "verify").CombinedOutput()
	if err != nil {
		p.t.Errorf("verify: %v\n%s", err, out)
	}
}

// expectReminders requires one closing word for each customer; a repetition has
// the same key, by which the target knows it.
func (p *plant) expectReminders(customers int) {
	p.t.Helper()
	keys := map[string]bool{}
	for _, m := range p.targets.Messages() {
		keys[m.Key] = true
	}
	if len(keys) != customers {
		p.t.Errorf("%d different reminders came, want %d: %v", len(keys), customers, keys)
	}
	if n := p.count("select count(*) from follow_ups where kind = 'closing'"); n != customers {
		p.t.Errorf("%d closing follow-ups, want %d", n, customers)
	}
}

// expectNotes requires one note on each ticket, whatever happened meanwhile.
func (p *plant) expectNotes(tickets []string) {
	p.t.Helper()
	p.until("every ticket has its note", func() bool {
		return p.count("select count(*) from write_backs where kind = 'note' and written") == len(tickets)
	})
	notes := map[string]int{}
	for _, r := range p.helpdesk.Requests() {
		if r.Method == http.MethodPut && r.Status == http.StatusOK && strings.Contains(r.Body, "[ticketlink") {
			notes[r.Path]++
		}
	}
	for path, n := range notes {
		if n != 1 {
			p.t.Errorf("%s got %d notes, want one", path, n)
		}
	}
}
