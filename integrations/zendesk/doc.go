// Package zendesk speaks with Zendesk Support: it exports tickets by cursor,
// fetches single tickets and their comments, writes tags, notes and replies
// back, sets up the webhook, and verifies and decodes what the webhook sends.
//
// # Webhooks
//
// Two kinds of deliveries are understood, both signed by Zendesk:
//
// Event webhooks (Client.Setup creates one) have Zendesk's own body, with ids
// as strings and enums in upper case.
//
// Trigger webhooks have the body that an admin typed. Paste this one; it holds
// no text that a customer wrote, because Zendesk does not escape quotes there:
//
//	{
//	  "ticket_id": "{{ticket.id}}",
//	  "status": "{{ticket.status}}",
//	  "priority": "{{ticket.priority}}",
//	  "type": "{{ticket.ticket_type}}",
//	  "tags": "{{ticket.tags}}",
//	  "requester_id": "{{ticket.requester.id}}",
//	  "organization_id": "{{ticket.organization.id}}",
//	  "created_at": "{{ticket.created_at_with_timestamp}}",
//	  "updated_at": "{{ticket.updated_at_with_timestamp}}"
//	}
//
// Only ticket_id is required. "subject", "description", "channel",
// "assignee_id", "group_id" and "brand_id" are read too where they are sent.
// Tags may be one text with spaces between them or a list. Unless a delivery
// has a subject, a description, tags, both times to the second and a status in
// English, it is thin and the ticket is fetched. Give the trigger a condition
// that our own tag is not being added, or it fires on what we write back.
//
// # Sources
//
// Zendesk's developer documentation: incremental exports, webhooks, event
// types, rate limits, tickets, ticket comments and tags; and recorded answers,
// where they differ from it.
package zendesk
