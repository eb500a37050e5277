package bench

import (
	"bufio"
	"strings"
	"testing"
)

// A refusal is polite when it says when to come again.
func TestOutcomes(t *testing.T) {
	for answer, want := range map[string][3]int{
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":                                        {1, 0, 0},
		"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 4\r\n\r\nbusy": {0, 1, 0},
		"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n":                       {0, 0, 1},
		"HTTP/1.1 500 Internal Server Error\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n":   {0, 0, 1},
	} {
		var o outcome
		if err := o.count(bufio.NewReader(strings.NewReader(answer))); err != nil {
			t.Errorf("%q: %v", answer, err)
		}
		if got := [3]int{o.stored, o.refused, o.rude}; got != want {
			t.Errorf("%q counts as %v, want %v", answer, got, want)
		}
	}
}

func TestAConnectionSendsItsShareOfACount(t *testing.T) {
	for sent, over := range map[int]bool{0: false, 1: false, 2: true} {
		if got := (pacer{count: 2 * connections}).over(sent); got != over {
			t.Errorf("after %d deliveries over is %v", sent, got)
		}
	}
}
