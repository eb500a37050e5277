// Package generichelpdesk speaks with any helpdesk that has a list of tickets as
// JSON or sends webhooks as JSON: an expression for each thing we want to know
// says where it is. The expressions are those of github.com/expr-lang/expr
// (expr-lang.org); see package genericsource for why.
//
//	helpdesks:
//	  - name: homegrown
//	    kind: generic
//	    url: https://desk.example.com/api
//	    api_token: ${DESK_TOKEN}            # sent as Authorization: Bearer
//	    webhook_secret: ${DESK_SECRET}
//	    signature_header: X-Signature       # absent: the secret itself must come
//	    generic:
//	      ticket:                           # evaluated on one ticket
//	        id: id
//	        subject: title
//	        description: text
//	        status: "{1: 'open', 2: 'pending', 3: 'solved'}[state] ?? 'open'"
//	        tags: labels
//	        requester_id: customer.id
//	        requester_name: customer.name
//	        organization_id: customer?.company?.id
//	        organization_name: customer?.company?.name
//	        created_at: created
//	        updated_at: changed
//	      list:
//	        path: /tickets?changed_since={since}&after={cursor}
//	        items: tickets                  # evaluated on the answer; a bare list is items
//	        next: page.next                 # a cursor, not an address; nil at the end
//	      fetch: {path: "/tickets/{id}", item: ticket}
//	      webhook: {ticket: data.ticket}    # where the ticket is; absent: the body is it
//	      comments:
//	        path: /tickets/{id}/comments
//	        items: comments
//	        id: id
//	        body: text
//	        agent: author.role == "agent"
//	        ours: author.name == "ticketlink"
//	        public: not internal
//	        author_id: author.id
//	        at: created
//	      write:                            # what is absent is not written
//	        add_tag: {path: "/tickets/{id}/tags", body: '{"tag": {tag}}'}
//	        remove_tag: {method: DELETE, path: "/tickets/{id}/tags/{tag}"}
//	        note: {path: "/tickets/{id}/comments", body: '{"internal": true, "text": {text}}'}
//	        reply: {path: "/tickets/{id}/comments", body: '{"internal": false, "text": {text}}'}
//	        status: {method: PUT, path: "/tickets/{id}", body: '{"state": {status}}'}
//	      ticket_path: /tickets/{id}        # where people look at it
//
// # What it relies on
//
// The list must be oldest change first, or read to its end each time; {since}
// is in RFC 3339 and one second before the newest change known. A cursor is
// never followed as an address: it only fills {cursor}. In a path the values are
// escaped, in a body they are JSON. A ticket in a webhook without subject, status
// and both times is fetched, where fetch says how.
//
// Without comments nobody knows who was answered, and neither notes nor replies
// are sent twice to find out: their outcome counts as refused when it is unknown.
package generichelpdesk
