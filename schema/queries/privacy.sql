-- name: PersonTickets :many
-- A requester's tickets, locked.
select id, ticket_id from tickets where helpdesk = @helpdesk and requester_id = @requester_id order by id for update;

-- name: EraseTickets :exec
-- The row stays for the counts, under a name that nobody else has, without what anybody wrote.
update tickets set subject = '', description = '', words = '{}', language = '', tags = '{}', requester_id = @pseudonym, merged_into = '', match_due_at = null
where id = any(@ids::bigint[]);

-- name: EraseTicketParts :exec
-- What hangs on these tickets and may repeat their words, and what is still to be done about them.
with evidence as (update links set evidence = '[]' where ticket = any(@ids::bigint[])),
     mentioned as (delete from note_references where ticket = any(@ids)),
     answers_stopped as (update answer_tickets set due_at = null, error = 'erased' where ticket = any(@ids) and due_at is not null)
delete from fetches where helpdesk = @helpdesk and ticket_id = any(@ticket_ids::text[]);

-- name: EraseReplies :exec
update replies r set author_id = '' from tickets t
where t.id = r.ticket and t.helpdesk = @helpdesk and r.author_id = @requester_id;

-- name: EraseFollowUps :exec
-- An erased customer is owed nothing more. The key has the customer in it.
update follow_ups set customer = @helpdesk::text || '/' || @pseudonym::text,
    key = replace(key, @helpdesk || '/' || @requester_id::text, @helpdesk || '/' || @pseudonym),
    status = case when status = 'open' then 'cancelled' else status end,
    reason = case when status = 'open' then 'the customer was erased' else reason end,
    by_hand = by_hand or status = 'open', ended_at = coalesce(ended_at, @now::timestamptz), remind_due_at = null
where customer = @helpdesk || '/' || @requester_id;

-- name: EraseReminders :exec
update reminders set due_at = null, error = 'erased'
where due_at is not null and follow_up in (select f.id from follow_ups f where f.customer = @customer);

-- name: ErasePerson :execrows
delete from people where helpdesk = @helpdesk and id = @requester_id;

-- name: EraseDeliveries :execrows
-- Raw webhooks that wait or are dead and name the person or a ticket. Polling brings the others' news again.
delete from inbox where source = @helpdesk and body <> '' and encode(body, 'escape') ~ @pattern::text;

-- name: PersonRemains :one
-- In how many rows a person's id can still be found.
select ((select count(*) from people p where p.helpdesk = @helpdesk::text and p.id = @requester_id::text)
      + (select count(*) from tickets t where t.helpdesk = @helpdesk and t.requester_id = @requester_id)
      + (select count(*) from replies r join tickets t on t.id = r.ticket where t.helpdesk = @helpdesk and r.author_id = @requester_id)
      + (select count(*) from follow_ups f where f.customer = @helpdesk || '/' || @requester_id)
      + (select count(*) from inbox b where b.source = @helpdesk and b.body <> '' and encode(b.body, 'escape') ~ @pattern::text))::bigint;

-- name: ExportPerson :one
-- All that is held about a person, as one JSON object.
select jsonb_build_object(
    'person', (select to_jsonb(p) from people p where p.helpdesk = @helpdesk and p.id = @requester_id),
    'tickets', coalesce((select jsonb_agg(to_jsonb(t) - 'id' || jsonb_build_object(
            'links', (select jsonb_agg(jsonb_build_object('incident', i.key, 'state', l.state, 'confidence', l.confidence,
                    'evidence', l.evidence, 'linked_at', l.linked_at)) from links l join incidents i on i.id = l.incident where l.ticket = t.id),
            'replies', (select jsonb_agg(to_jsonb(r) - 'ticket' order by r.at) from replies r where r.ticket = t.id)) order by t.created_at)
        from tickets t where t.helpdesk = @helpdesk and t.requester_id = @requester_id), '[]'),
    'replies_elsewhere', coalesce((select jsonb_agg(jsonb_build_object('ticket_id', t.ticket_id, 'at', r.at, 'public', r.public) order by r.at)
        from replies r join tickets t on t.id = r.ticket
        where t.helpdesk = @helpdesk and r.author_id = @requester_id and t.requester_id <> @requester_id), '[]'),
    'follow_ups', coalesce((select jsonb_agg(to_jsonb(f) - 'id' - 'incident' order by f.created_at)
        from follow_ups f where f.customer = @helpdesk || '/' || @requester_id::text), '[]'),
    'waiting_webhooks', (select count(*) from inbox where source = @helpdesk and body <> '' and encode(body, 'escape') ~ @pattern::text)
)::jsonb as held;

-- name: PurgeSessions :exec
delete from sessions where expires_at <= @now;

-- name: PurgeNotices :exec
-- What was told, or given up, long ago.
delete from notices where due_at is null and intent_at < @before;
