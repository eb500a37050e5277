package schematest

import (
	"context"
	"testing"

	"github.com/ticketlink/ticketlink/worker/embedded"
)

// Redis starts an empty embedded Redis for the test.
func Redis(t testing.TB) *embedded.Redis {
	t.Helper()
	r, err := embedded.OpenRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// RealRedis starts an empty redis-server for the test. Close and Start make it
// go away and come back.
func RealRedis(t testing.TB) *embedded.RedisServer {
	t.Helper()
	r, err := embedded.OpenRedisServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}
