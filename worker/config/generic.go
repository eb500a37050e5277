package config

// A GenericHelpdesk says where a helpdesk's JSON tells what, and how to write to it.
type GenericHelpdesk struct {
	Ticket     GenericTicket   `yaml:"ticket" required:"true" doc:"expressions (expr-lang.org), evaluated on one ticket"`
	List       GenericList     `yaml:"list" doc:"tickets by change; absent: webhooks are all there is"`
	Fetch      GenericFetch    `yaml:"fetch" doc:"one ticket, for webhooks that tell too little"`
	Webhook    GenericWebhook  `yaml:"webhook" doc:"what a webhook's body is"`
	Comments   GenericComments `yaml:"comments" doc:"a ticket's comments; absent: nobody knows who was answered"`
	Write      GenericWrites   `yaml:"write" doc:"what is absent is not written; {id}, {tag}, {text} and {status} stand for values"`
	TicketPath string          `yaml:"ticket_path" format:"path" doc:"where people look at a ticket, with {id}"`
}

// A GenericTicket has an expression for each thing.
type GenericTicket struct {
	ID                 string `yaml:"id" required:"true" format:"expression" doc:"letters, digits, - and _"`
	Subject            string `yaml:"subject" format:"expression" doc:"one line"`
	Description        string `yaml:"description" format:"expression" doc:"the customer's words"`
	Status             string `yaml:"status" format:"expression" doc:"new, open, pending, hold, solved or closed"`
	Priority           string `yaml:"priority" format:"expression" doc:"low, normal, high or urgent"`
	Type               string `yaml:"type" format:"expression" doc:"any word"`
	Channel            string `yaml:"channel" format:"expression" doc:"how it came in"`
	Tags               string `yaml:"tags" format:"expression" doc:"a list or a text"`
	RequesterID        string `yaml:"requester_id" format:"expression" doc:"the customer's id"`
	RequesterName      string `yaml:"requester_name" format:"expression" doc:"and name"`
	RequesterEmail     string `yaml:"requester_email" format:"expression" doc:"and e-mail address"`
	OrganizationID     string `yaml:"organization_id" format:"expression" doc:"the customer's company"`
	OrganizationName   string `yaml:"organization_name" format:"expression" doc:"and its name"`
	OrganizationFields string `yaml:"organization_fields" format:"expression" doc:"an object with what impact.plan and the like name"`
	AssigneeID         string `yaml:"assignee_id" format:"expression" doc:"the agent's id"`
	GroupID            string `yaml:"group_id" format:"expression" doc:"the group's id"`
	CreatedAt          string `yaml:"created_at" format:"expression" doc:"RFC 3339 or unix time"`
	UpdatedAt          string `yaml:"updated_at" format:"expression" doc:"likewise; newer wins"`
	Deleted            string `yaml:"deleted" format:"condition" doc:"true or false"`
}

// A GenericList is read page by page.
type GenericList struct {
	Path  string `yaml:"path" format:"path" doc:"below url, with {since} and {cursor}"`
	Items string `yaml:"items" format:"expression" doc:"the tickets in the answer; a bare list is items"`
	Next  string `yaml:"next" format:"expression" doc:"the next page's cursor; nil at the end"`
}

// A GenericFetch reads one ticket.
type GenericFetch struct {
	Path string `yaml:"path" format:"path" doc:"below url, with {id}"`
	Item string `yaml:"item" format:"expression" doc:"the ticket in the answer; absent: the answer is it"`
}

// A GenericWebhook carries a ticket.
type GenericWebhook struct {
	Ticket string `yaml:"ticket" format:"expression" doc:"the ticket in the body; absent: the body is it"`
}

// GenericComments are a ticket's. The expressions after items are evaluated on one comment.
type GenericComments struct {
	Path     string `yaml:"path" format:"path" doc:"below url, with {id}"`
	Items    string `yaml:"items" format:"expression" doc:"the comments in the answer; a bare list is items"`
	ID       string `yaml:"id" format:"expression" doc:"the comment's id"`
	Body     string `yaml:"body" format:"expression" doc:"its text"`
	Agent    string `yaml:"agent" format:"condition" doc:"whether one who answers tickets wrote it"`
	Ours     string `yaml:"ours" format:"condition" doc:"whether we wrote it"`
	Public   string `yaml:"public" format:"condition" doc:"whether the customer sees it"`
	AuthorID string `yaml:"author_id" format:"expression" doc:"who wrote it"`
	At       string `yaml:"at" format:"expression" doc:"when"`
}

// GenericWrites are the requests that write to a ticket.
type GenericWrites struct {
	AddTag    GenericWrite `yaml:"add_tag" doc:"adds one tag"`
	RemoveTag GenericWrite `yaml:"remove_tag" doc:"removes one tag"`
	Note      GenericWrite `yaml:"note" doc:"an internal note"`
	Reply     GenericWrite `yaml:"reply" doc:"a public reply"`
	Status    GenericWrite `yaml:"status" doc:"sets the status"`
}

// A GenericWrite is one request.
type GenericWrite struct {
	Method string `yaml:"method" default:"POST" enum:"POST,PUT,PATCH,DELETE" doc:"of the request"`
	Path   string `yaml:"path" format:"path" doc:"below url; values are escaped"`
	Body   string `yaml:"body" doc:"JSON in which values are JSON too: {\"text\": {text}}"`
}

// checkGenericHelpdesk: kind generic, and only it, says how its JSON is read and
// has a way by which tickets come.
func (d *decoder) checkGenericHelpdesk(path string, h Helpdesk) {
	switch generic := h.Kind == Generic; {
	case generic && h.Generic == nil:
		d.problem(path+".generic", "is missing; expected how its JSON is read, at least ticket.id")
	case !generic && h.Generic != nil:
		d.problem(path+".generic", "is for kind generic; %s has a form of its own", h.Kind)
	case generic && !d.written(path+".generic.list.path") && !d.written(path+".webhook_secret"):
		d.problem(path+".generic", "has neither list.path nor a webhook_secret beside it; expected a way for tickets to come")
	}
}
