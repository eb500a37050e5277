package integrations

// A Problem is a problem ticket to be made, which an incident's tickets are
// then incidents of.
type Problem struct {
	Mark    string // ours, by which it is found again
	Subject string
	Text    string // internal
	Tags    []string
}
