package integrations

// An Identity is who an identity provider says somebody is.
type Identity struct {
	Subject string   // the provider's id of the person; it outlives a change of name
	Name    string   // as people call them, never an e-mail address
	Email   string   // "" where the provider does not stand for it
	Groups  []string // what roles are given for
}
