package report

import "time"

// A Section is a part of the post-mortem that people write. What they wrote is
// kept when the report is made again.
type Section struct {
	Name      string     `json:"name"`
	Title     string     `json:"title"`
	Hint      string     `json:"hint"`
	Text      string     `json:"text"` // Markdown; "" until somebody writes
	UpdatedBy string     `json:"updated_by,omitempty"`
	UpdatedAt *time.Time `json:"updated_at,omitempty"`
}

// Template returns the sections as they stand before anybody wrote. The
// questions follow the post-mortem template of Google's SRE book
// (https://sre.google/sre-book/example-postmortem/) and Toyota's 5 Whys.
func Template() []Section {
	return []Section{
		{Name: "what_happened", Title: "What happened", Hint: "In plain words: what broke, what customers saw, what ended it."},
		{Name: "five_whys", Title: "The 5 Whys", Hint: "1. Why did customers see this?\n2. Why did that happen?\n3. Why was that possible?\n4. Why was it not noticed or stopped?\n5. Why is that so? Stop where an answer can be changed."},
		{Name: "went_well", Title: "What went well", Hint: "What worked, and where there was luck."},
		{Name: "went_badly", Title: "What went badly", Hint: "What hurt customers longer than it had to: detection, answers, tools, handovers."},
		{Name: "improvements", Title: "Improvement items", Hint: "For each: what will be done, by whom, until when, and its issue."},
	}
}
