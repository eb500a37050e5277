package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisFailsOver kills the primary under a Sentinel, which makes its replica the
// primary: the service finds it by itself.
func redisFailsOver(t *testing.T, s *servers) {
	primary, primaryPort := redisNode(t)
	_, replicaPort := redisNode(t, "--replicaof", "127.0.0.1", primaryPort)
	redisUntil(t, replicaPort, "info replication", "master_link_status:up")
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "sentinel monitor main 127.0.0.1 %s 1\n"+
		"sentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 10000\n", primaryPort), 0o600); err != nil {
		t.Fatal(err)
	}
	_, sentinelPort := redisNode(t, conf, "--sentinel")
	redisUntil(t, sentinelPort, "info sentinel", "slaves=1")

	p := newPlant(t, s, migrated)
	p.useRedis("redis-sentinel://127.0.0.1:" + sentinelPort + "?master=main")
	p.ready(p.start(s.program))
	p.ready(p.start(s.program))
	p.tell(func() func() {
		_ = primary.Process.Kill() // the second time it has ended
		return func() {}
	})
	redisUntil(t, replicaPort, "info replication", "role:master")
}

// redisIsACluster of three nodes, each with a third of the keys.
func redisIsACluster(t *testing.T, s *servers) {
	var nodes []string
	for range 3 {
		_, port := redisNode(t, "--cluster-enabled", "yes")
		nodes = append(nodes, "127.0.0.1:"+port)
	}
	create := append(append([]string{"--cluster", "create"}, nodes...), "--cluster-yes")
	if out, err := exec.CommandContext(t.Context(), "redis-cli", create...).CombinedOutput(); err != nil {
		t.Fatalf("make a cluster: %v\n%s", err, out)
	}
	for _, n := range nodes {
		redisUntil(t, strings.TrimPrefix(n, "127.0.0.1:"), "cluster info", "cluster_state:ok")
	}
	p := newPlant(t, s, migrated)
	p.useRedis("redis-cluster://" + strings.Join(nodes, ","))
	p.ready(p.start(s.program))
	p.ready(p.start(s.program))
	p.tell(func() func() { return func() {} })
}

var redisLine = regexp.MustCompile(`(?m)^redis_url: .*$`)

// useRedis configures another one than all plants use.
func (p *plant) useRedis(url string) {
	p.t.Helper()
	text, err := os.ReadFile(p.config)
	p.must(err)
	p.must(os.WriteFile(p.config, redisLine.ReplaceAll(text, []byte(`redis_url: "`+url+`"`)), 0o600))
}

// redisNode starts a Redis that keeps nothing, on a free port, until the test
// ends, and waits for it.
func redisNode(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	port := 0
	for port == 0 || port > 55_000 { // a cluster also takes the port 10,000 above
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port = l.Addr().(*net.TCPAddr).Port
		l.Close()
	}
	common := []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", ""}
	cmd := exec.Command("redis-server", append(args, common...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }) // it may have ended
	redisUntil(t, strconv.Itoa(port), "ping", "PONG")
	return cmd, strconv.Itoa(port)
}

// redisUntil waits until a command's answer says something.
func redisUntil(t *testing.T, port, command, says string) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port})
	defer client.Close()
	var words []any
	for _, w := range strings.Fields(command) {
		words = append(words, w)
	}
	tick, limit := time.NewTicker(50*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for {
		answer, _ := client.Do(t.Context(), words...).Text() // it may not be up yet
		if strings.Contains(answer, says) {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s: never said %s: %s", command, says, answer)
		}
	}
}
