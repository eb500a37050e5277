//go:build browser

package main

import "testing"

// Pages of tickets in Japanese and Arabic look right.
func TestOtherScriptsLookRight(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	japanese, arabic := s.Scripts()
	b := s.Browser()
	b.Looks("japanese", "/tickets/support/"+japanese)
	b.Looks("arabic", "/tickets/support/"+arabic)
	b.Looks("scripts", "/incidents/INC-1")
}
