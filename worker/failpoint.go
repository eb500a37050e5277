//go:build !faults

package worker

// failpoint names the boundary between two steps of a ticket's way. The fault
// tests build with the tag faults, where the process can be made to die there.
func failpoint(string) {}
