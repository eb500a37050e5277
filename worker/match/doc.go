// Package match decides which support tickets belong to which incidents, how
// sure that is, and why. It is pure: values in, values out, the time passed in.
package match
