//go:build !faults

package main

import "time"

// clock is the real time; tests and the demo bring their own.
func clock() time.Time { return time.Now() }
