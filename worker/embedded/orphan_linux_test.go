package embedded

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// parentVariable makes the test binary a process that opens both servers in
// the directory it names, prints where they are and waits to be killed.
const parentVariable = "EMBEDDED_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentVariable); dir != "" {
		beParent(dir)
		return
	}
	os.Exit(m.Run())
}

func beParent(dir string) {
	p, err := OpenPostgres(context.Background(), dir, Options{NoSync: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := OpenRedisServer(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.server.process.Pid, r.server.process.Pid)
	select {}
}

func TestKilledParentLeavesNoServerBehind(t *testing.T) {
	dir := filepath.Join(tempDir(t), "postgres")
	parent, postgresPid, redisPid := startParent(t, dir)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := parent.Wait(); err == nil {
		t.Fatal("the parent ended by itself")
	}
	// The next start comes while the orphan is still shutting down.
	p := open(t, dir)
	if p.Attached() {
		t.Error("attached to the orphan, which is about to end")
	}
	query(t, p.URL(), `select 'ok'`)
	for name, pid := range map[string]int{"postgres": postgresPid, "redis-server": redisPid} {
		waitGone(t, name, pid)
	}
}

func startParent(t *testing.T, dir string) (cmd *exec.Cmd, postgresPid, redisPid int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(self)
	cmd.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(line, &postgresPid, &redisPid); err != nil {
		t.Fatalf("the parent said %q", line)
	}
	return cmd, postgresPid, redisPid
}

// waitGone waits until the process has ended; the test's own deadline is the
// limit. A zombie that nobody reaps has ended too.
func waitGone(t *testing.T, name string, pid int) {
	t.Helper()
	for syscall.Kill(pid, 0) == nil {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if strings.Contains(string(stat), ") Z ") {
			return
		}
		if err := pause(t.Context(), tick); err != nil {
			t.Fatalf("%s, process %d, still runs", name, pid)
		}
	}
}

func TestRootIsDroppedEvenBelowAClosedDirectory(t *testing.T) {
	closed := t.TempDir() // mode 0700 above it when root owns it, as /root is
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	p := open(t, filepath.Join(closed, "postgres"))
	info, err := os.Stat(fmt.Sprintf("/proc/%d", p.server.process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Error("the server runs as root")
	}
	query(t, p.URL(), `select 'ok'`)
}

func TestRedisServerStartsAgainEmptyAtTheSameAddress(t *testing.T) {
	r, err := OpenRedisServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: r.Addr()})
	defer client.Close()
	if err := client.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if n, err := client.Exists(t.Context(), "key").Result(); err != nil || n != 0 {
		t.Errorf("keys after a restart: %d, %v; want none", n, err)
	}
}

func TestServersGetNoneOfOurSecrets(t *testing.T) {
	t.Setenv("ZENDESK_API_TOKEN", "planted")
	dir := filepath.Join(tempDir(t), "postgres")
	parent, postgresPid, redisPid := startParent(t, dir)
	t.Cleanup(func() {
		_ = parent.Process.Kill() // the servers go with it
		_ = parent.Wait()
	})
	for name, pid := range map[string]int{"postgres": postgresPid, "redis-server": redisPid} {
		for _, file := range []string{"environ", "cmdline"} {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "planted") {
				t.Errorf("the %s of %s holds a secret", file, name)
			}
		}
	}
}
