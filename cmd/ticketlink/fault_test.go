package main

import (
	"syscall"
	"testing"
)

// Pull any plug: afterwards every acknowledged event is there once, every due
// reminder was delivered, and a recount finds nothing.
func TestFaults(t *testing.T) {
	s := newServers(t)
	t.Run("kill", func(t *testing.T) { killAtEachStep(t, s) })
	t.Run("fault", func(t *testing.T) { eachFault(t, s) })
	t.Run("replicas begin together", func(t *testing.T) { replicasBeginTogether(t, s) })
	t.Run("replicas work once", func(t *testing.T) { replicasWorkOnce(t, s) })
	t.Run("Redis fails over", func(t *testing.T) { redisFailsOver(t, s) })
	t.Run("Redis is a cluster", func(t *testing.T) { redisIsACluster(t, s) })
	t.Run("stop in the middle", func(t *testing.T) { stopInTheMiddle(t, s) })
	t.Run("rolling upgrade", func(t *testing.T) { rollingUpgrade(t, s) })
}

// killAtEachStep kills the only replica at one boundary; two others take over.
func killAtEachStep(t *testing.T, s *servers) {
	for _, step := range []string{
		"stored", "accepting", "accepted", "polled", "matching", "matched", "scored", "linked", "measuring", "planning",
		"reminded", "claimed", "delivering", "delivered", "written", "replied",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, s, migrated)
			doomed := p.start(s.program, "TICKETLINK_FAILPOINT="+step)
			p.meanwhile = func() {
				if doomed.over() && len(p.replicas) == 1 {
					p.start(s.program)
					p.start(s.program)
				}
			}
			p.tell(func() func() { return func() {} })
			p.until("the replica is killed at "+step, doomed.over)
			if status, ok := doomed.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
				t.Errorf("the replica ended with %v, want it killed at %q", doomed.err, step)
			}
		})
	}
}
