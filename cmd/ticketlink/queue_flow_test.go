package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker"
)

// soon changes the configuration so that closing words are due at once, and
// the one reminder goes to one target, each by itself.
func soon(c string) string {
	c = strings.Replace(c, "escalate: [managers]", "escalate: [leads]", 1)
	return strings.Replace(c, "follow_up: {", "follow_up: {after_resolve: 0s, remind: [0s], digest_above: 0, ", 1)
}

// realStory is a story on the real clock, with the real queue.
func realStory(t *testing.T) *story {
	s := newStory(t, soon)
	s.Skip(time.Since(s.now)) // deliveries are signed with the real time
	return s
}

// Serve runs the real service on a queue until the test ends.
func (s *story) Serve(redis asynq.RedisConnOpt, now func() time.Time) (url string) {
	s.t.Helper()
	o := s.worker.Options
	o.Redis, o.Now, o.Metrics = redis, now, worker.NewMetrics()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	ctx, cancel := context.WithCancel(s.t.Context())
	served := make(chan error, 1)
	go func() { served <- worker.New(o).Serve(ctx, listener) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			s.t.Errorf("serve: %v", err)
		}
	})
	return "http://" + listener.Addr().String()
}

// Arrives waits for a reminder.
func (s *story) Arrives() notifyfake.Message {
	s.t.Helper()
	select {
	case m := <-s.targets.Arrived():
		return m
	case <-time.After(time.Minute):
		s.t.Fatal("no reminder came within a minute")
		return notifyfake.Message{}
	}
}

// The whole way on asynq, on the embedded Redis and on a real one; an emptied
// Redis in the middle costs nothing but time.
func TestOnBothKindsOfRedis(t *testing.T) {
	for kind, open := range map[string]func() string{
		"embedded": func() string { return schematest.Redis(t).Addr() },
		"real":     func() string { return schematest.RealRedis(t).Addr() },
	} {
		t.Run(kind, func(t *testing.T) {
			addr := open()
			s := realStory(t)
			tickets := []string{s.Ticket("One", "a"), s.Ticket("Two", "b"), s.Ticket("Three", "c")}
			key := s.confirmedIncident(tickets...)
			s.Serve(asynq.RedisClientOpt{Addr: addr}, time.Now)
			s.API("POST", "/incidents/"+key+"/resolve", nil, 200, nil)
			flush(t, addr)
			for range tickets {
				if m := s.Arrives(); m.Text("kind") != "closing" {
					t.Errorf("got a reminder of kind %q, want closing", m.Text("kind"))
				}
			}
			if n := len(s.targets.Messages()); n != len(tickets) {
				t.Errorf("%d reminders, want one for each of %d customers", n, len(tickets))
			}
		})
	}
}

func flush(t *testing.T, addr string) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}

// Two replicas on one database and one Redis remind once.
func TestTwoReplicasRemindOnce(t *testing.T) {
	s := realStory(t)
	var tickets []string
	for i := range 20 {
		tickets = append(tickets, s.Ticket(fmt.Sprintf("Number %d", i), "a"))
	}
	key := s.confirmedIncident(tickets...)
	queue := asynq.RedisClientOpt{Addr: schematest.Redis(t).Addr()}
	s.Serve(queue, time.Now)
	s.Serve(queue, time.Now)
	s.API("POST", "/incidents/"+key+"/resolve", nil, 200, nil)
	seen := map[string]bool{}
	for range tickets {
		m := s.Arrives()
		if seen[m.Key] {
			t.Errorf("reminder %s came twice", m.Key)
		}
		seen[m.Key] = true
	}
}

// Without Redis webhooks are taken all the same, and read once it is back.
func TestRedisAwayCostsADelayOnly(t *testing.T) {
	s := realStory(t)
	s.Settle()
	server := schematest.RealRedis(t)
	s.must(server.Close(t.Context()))
	url := s.Serve(asynq.RedisClientOpt{Addr: server.Addr()}, time.Now)

	body := `{"ticket_id":"1001"}`
	req, err := http.NewRequestWithContext(t.Context(), "POST", url+"/webhooks/support", strings.NewReader(body))
	s.must(err)
	for k, v := range s.Sign(body, time.Now()) {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("without Redis a webhook got %d, want 200", resp.StatusCode)
	}
	s.ExpectRows("inbox", 1)
	s.healthAt(url, "Redis is away", 200, "Redis does not answer")
	key := s.confirmedIncident(s.Ticket("One", "a"))
	s.API("POST", "/incidents/"+key+"/resolve", nil, 200, nil)
	s.must(server.Start(t.Context()))
	s.Arrives()
}
