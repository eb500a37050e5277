package embedded

import (
	"fmt"

	"github.com/alicebob/miniredis/v2"
)

// Redis is a Redis inside this process, in memory only.
type Redis struct {
	mini *miniredis.Miniredis
}

// OpenRedis starts a Redis on a free port of the loopback interface.
func OpenRedis() (*Redis, error) {
	mini, err := miniredis.Run()
	if err != nil {
		return nil, fmt.Errorf("start embedded Redis: %w", err)
	}
	// By default keys never expire by themselves, and asynq's locks and server
	// entries would stay for ever.
	mini.ClockTTL(true)
	return &Redis{mini: mini}, nil
}

// Addr is the server's host and port.
func (r *Redis) Addr() string { return r.mini.Addr() }

// URL is the server's address in the form of redis_url.
func (r *Redis) URL() string { return "redis://" + r.Addr() }

// Close stops the server and forgets its content.
func (r *Redis) Close() { r.mini.Close() }
