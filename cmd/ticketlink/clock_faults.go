//go:build faults

package main

import (
	"os"
	"time"
)

// clock is the real time and what the file that TICKETLINK_CLOCK_FILE names
// adds to it: the fault tests have leases run out, and clocks step.
func clock() time.Time {
	text, err := os.ReadFile(os.Getenv("TICKETLINK_CLOCK_FILE"))
	if err != nil {
		return time.Now()
	}
	offset, err := time.ParseDuration(string(text))
	if err != nil {
		panic("TICKETLINK_CLOCK_FILE: " + err.Error())
	}
	return time.Now().Add(offset)
}
