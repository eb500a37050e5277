package main

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Redis that does not answer holds nobody up, whichever form its address has.
func TestEveryFormOfRedisWaitsASecondAtMost(t *testing.T) {
	for _, address := range []string{
		"redis://127.0.0.1:1/3", "rediss://127.0.0.1:1", "redis-sentinel://127.0.0.1:1,127.0.0.1:2?master=main", "redis-cluster://127.0.0.1:1,127.0.0.1:2",
	} {
		o, err := redisOptions(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		var waits [3]time.Duration
		switch client := o.MakeRedisClient().(type) {
		case *redis.Client:
			waits = [3]time.Duration{client.Options().DialTimeout, client.Options().ReadTimeout, client.Options().WriteTimeout}
			client.Close()
		case *redis.ClusterClient:
			waits = [3]time.Duration{client.Options().DialTimeout, client.Options().ReadTimeout, client.Options().WriteTimeout}
			client.Close()
		}
		if want := [3]time.Duration{time.Second, time.Second, time.Second}; waits != want {
			t.Errorf("%s waits %v, want %v", address, waits, want)
		}
	}
}
