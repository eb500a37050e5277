package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const connections = 64

// event is a ticket event as Zendesk sends it, about 1.5 KB. Its id is written
// over for each delivery.
const event = `{"account_id":22129848,"detail":{"actor_id":"8447388090494","assignee_id":"8447388090494","brand_id":"8447346621310",` +
	`"created_at":"2026-11-24T09:12:11Z","custom_status":"8447320466430","description":"Since this morning every card payment at ` +
	`checkout fails with an error. Our buyers see a white page after the card number, and the order is not there afterwards. We tried ` +
	`two browsers and a phone, and another card. It worked yesterday evening. Can you please look into it? We lose orders every minute ` +
	`and our own support is flooded with calls. The number of the last order that went through is 88213, at 08:57 this morning. ` +
	`The first one that failed was at 09:09. Nothing was changed on our side, neither the theme nor the settings of the payment page. ` +
	`Please call us back at the number in our account, or answer to this mail, whatever is quicker for you. Thank you very much.",` +
	`"external_id":null,"form_id":"8646151517822","group_id":"8447320466430","id":"5158","is_public":true,` +
	`"organization_id":"8447346622462","priority":"HIGH","requester_id":"8447346627838","status":"NEW","subject":"Payments fail at ` +
	`checkout","submitter_id":"8447346627838","tags":["checkout","payments","web_form"],"type":"INCIDENT",` +
	`"updated_at":"2026-11-24T09:12:11Z","via":{"channel":"web"}},"event":{},"id":"0000000000000000-bench","subject":"zen:ticket:5158",` +
	`"time":"2026-11-24T09:12:11.123456789Z","type":"zen:event-type:ticket.created","zendesk_event_version":"2022-11-06"}`

const idDigits = "0000000000000000"

// A loader sends signed deliveries over keep-alive connections, each with one
// request at a time, on raw TCP: it shares the machine with what it measures.
type loader struct {
	address, path, secret string
	run                   uint32 // part of the ids: no two runs share one
}

type tally struct {
	n         int
	latencies []time.Duration
	err       error
}

// load runs for a while and returns what the connections counted together.
func (l loader) load(ctx context.Context, name string, d time.Duration) (Figure, error) {
	tallies := make([]tally, connections)
	var all sync.WaitGroup
	begin := time.Now()
	for i := range tallies {
		all.Go(func() { tallies[i] = l.connection(ctx, uint32(i), begin.Add(d)) })
	}
	all.Wait()
	took := time.Since(begin)
	var sum tally
	for _, t := range tallies {
		sum.n += t.n
		sum.latencies = append(sum.latencies, t.latencies...)
		sum.err = errors.Join(sum.err, t.err)
	}
	if sum.err != nil {
		return Figure{}, fmt.Errorf("load %s: %w", name, sum.err)
	}
	return figureOf(name, sum.n, took, sum.latencies), nil
}

// connection sends one delivery after the other until end.
func (l loader) connection(ctx context.Context, number uint32, end time.Time) (t tally) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.address)
	if err != nil {
		t.err = err
		return t
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	r := l.newRequest()
	for before := time.Now(); before.Before(end) && ctx.Err() == nil; {
		r.next(uint64(l.run)<<48 | uint64(number)<<32 | uint64(t.n))
		if _, t.err = conn.Write(r.raw); t.err != nil {
			return t
		}
		if t.err = readOK(answers); t.err != nil {
			return t
		}
		now := time.Now()
		t.latencies = append(t.latencies, now.Sub(before))
		t.n++
		before = now
	}
	return t
}

// A request is one delivery's bytes, rewritten in place for each.
type request struct {
	raw           []byte
	signature, id []byte // parts of raw
	secret        []byte
	timestamp     string
	body          []byte
}

const signatureLength = 44

func (l loader) newRequest() *request {
	r := &request{secret: []byte(l.secret), timestamp: time.Now().UTC().Format(time.RFC3339)}
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nUser-Agent: Zendesk Webhook\r\n"+
		"X-Zendesk-Webhook-Signature-Timestamp: %s\r\nContent-Length: %d\r\nX-Zendesk-Webhook-Signature: %0*d\r\n\r\n",
		l.path, l.address, r.timestamp, len(event), signatureLength, 0)
	r.raw = append([]byte(head), event...)
	r.signature = r.raw[len(head)-4-signatureLength : len(head)-4]
	r.body = r.raw[len(head):]
	at := bytes.Index(r.body, []byte(idDigits))
	r.id = r.body[at : at+len(idDigits)]
	return r
}

// next writes another id and signs the body anew.
func (r *request) next(id uint64) {
	const hex = "0123456789abcdef"
	for i := range r.id {
		r.id[i] = hex[id>>(60-4*i)&15]
	}
	mac := hmac.New(sha256.New, r.secret)
	mac.Write([]byte(r.timestamp)) // a hash never fails to write
	mac.Write(r.body)
	base64.StdEncoding.Encode(r.signature, mac.Sum(nil))
}

// readOK reads an answer without a body.
func readOK(answers *bufio.Reader) error {
	status, err := answers.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("the answer was %s", bytes.TrimSpace(status))
	}
	for {
		line, err := answers.ReadSlice('\n')
		if err != nil || len(line) == 2 {
			return err
		}
	}
}
