package embedded

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const tick = time.Millisecond

func TestEmbeddedRedisExpiresKeys(t *testing.T) {
	r, err := OpenRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	opts, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	defer client.Close()
	if err := client.Set(t.Context(), "short", "lived", 20*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	for client.Exists(t.Context(), "short").Val() == 1 {
		if err := pause(t.Context(), tick); err != nil {
			t.Fatal("the key never expired")
		}
	}
}

func TestMissingRedisServerIsATypedError(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := OpenRedisServer(t.Context()); !errors.Is(err, ErrNoRedis) {
		t.Errorf("got %v, want ErrNoRedis", err)
	}
}
