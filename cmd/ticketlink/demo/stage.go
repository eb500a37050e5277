package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// A Stage is what the story is played on.
type Stage struct {
	Screen     *Screen
	Clock      *Clock
	Helpdesk   *zendeskfake.Server
	Reminders  <-chan notifyfake.Message
	URL        string  // of the service
	AlertToken string  // that the service expects of Alertmanager
	Speed      float64 // 1: about a minute
	// Due says whether the service has anything to do that was due by a moment,
	// Working whether it has anything at hand.
	Due     func(ctx context.Context, by time.Time) (bool, error)
	Working func() (bool, error)
}

const (
	frame = 40 * time.Millisecond // of real time
	// The clock waits for work that was due for so long, in real time or in the
	// story's: a slow machine makes a slow story.
	behindFor = 3 * time.Second
	behindBy  = 10 * time.Minute
)

// story is a Stage while the story is played.
type story struct {
	Stage
	world   *world
	service service
	beat    func() error // called in every frame
	told    map[string]int
	first   map[string]notifyfake.Message
}

// pass lets time pass in the story, within some real time: people act, their
// webhooks are delivered, the service works.
func (s *story) pass(ctx context.Context, d, within time.Duration) error {
	within = time.Duration(float64(within) / s.Speed)
	step := max(time.Duration(float64(d)*float64(frame)/float64(max(within, frame))), time.Second)
	lag := min(time.Duration(float64(step)*float64(behindFor)/float64(frame)), behindBy)
	tick := time.NewTicker(frame)
	defer tick.Stop()
	for end := s.Clock.Now().Add(d); s.Clock.Now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		behind, err := s.Due(ctx, s.Clock.Now().Add(-lag))
		if err != nil {
			return err
		}
		if !behind {
			s.Clock.move(min(step, end.Sub(s.Clock.Now())))
		}
		if err := s.play(ctx); err != nil {
			return err
		}
	}
	return nil
}

// play is one frame: what is planned happens, and is delivered.
func (s *story) play(ctx context.Context) error {
	s.world.happen(s.Clock.Now())
	s.Helpdesk.Flush(ctx)
	s.hear()
	if s.beat != nil {
		return s.beat()
	}
	return nil
}

// settle lets the service finish what is due now, while the clock stands.
func (s *story) settle(ctx context.Context) error {
	const quiet, patience = 3, 30 * time.Second
	tick, gaveUp := time.NewTicker(2*frame), time.After(patience)
	defer tick.Stop()
	for calm := 0; calm < quiet; calm++ {
		s.Helpdesk.Flush(ctx)
		busy, err := s.busy(ctx)
		if err != nil {
			return err
		}
		if busy {
			calm = -1
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-gaveUp:
			return nil // slow, and the story goes on
		case <-tick.C:
		}
	}
	s.hear()
	return nil
}

func (s *story) busy(ctx context.Context) (bool, error) {
	if due, err := s.Due(ctx, s.Clock.Now()); due || err != nil {
		return due, err
	}
	return s.Working()
}

// hear takes the reminders that arrived.
func (s *story) hear() {
	for {
		select {
		case m := <-s.Reminders:
			kind := m.Text("kind")
			if s.told[kind]++; s.told[kind] == 1 {
				s.first[kind] = m
			}
		default:
			return
		}
	}
}

// until settles and then asks until it is true, while the clock stands.
func (s *story) until(ctx context.Context, what string, true func() (bool, error)) error {
	const patience = 30 * time.Second
	for end := time.Now().Add(patience); ; {
		if err := s.settle(ctx); err != nil {
			return err
		}
		ok, err := true()
		if ok || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited %s until %s, in vain: see the service's log", patience, what)
		}
	}
}
