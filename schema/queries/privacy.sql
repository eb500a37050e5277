-- name: TakeAllTime :exec
-- What is owed to a person reads whole tables: no limit cuts it, in this transaction.
select set_config('statement_timeout', '0', true);

-- name: PersonTickets :many
-- A requester's tickets, locked in the order that everybody locks in: by helpdesk, of which this is one, and id there.
select id, ticket_id from tickets where helpdesk = @helpdesk and requester_id = @requester_id order by ticket_id collate "C" for update;

-- name: EraseTickets :exec
-- The row stays for the counts, under a name that nobody else has, without what anybody wrote.
update tickets set subject = '', description = '', words = '{}', language = '', tags = '{}', requester_id = @pseudonym, merged_into = '', match_due_at = null
where id = any(@ids::bigint[]);

-- name: EraseTicketParts :exec
-- What hangs on these tickets and may repeat their words, and what is still to be done about them.
with evidence as (update links set evidence = '[]' where ticket = any(@ids::bigint[])),
     told as (update write_backs set error = '' where ticket = any(@ids) and error <> ''),
     mentioned as (delete from note_references where ticket = any(@ids)),
     written as (update replies set body = '' where ticket = any(@ids)),
     answers_stopped as (update answer_tickets set due_at = null, error = 'erased' where ticket = any(@ids) and due_at is not null)
delete from fetches where helpdesk = @helpdesk and ticket_id = any(@ticket_ids::text[]);

-- name: EraseReplies :exec
update replies r set author_id = '', body = '' from tickets t
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

-- name: PersonName :many
select name from people where helpdesk = @helpdesk and id = @requester_id limit 1;

-- name: EraseMentions :exec
-- What our own people wrote, and the audit log, without the person's id and full name.
with said as (update chat_messages set text = regexp_replace(text, @mentions::text, '\1[erased]', 'gi') where text ~* @mentions),
     sections as (update report_sections set text = regexp_replace(text, @mentions, '\1[erased]', 'gi') where text ~* @mentions),
     answered as (update answers set texts = regexp_replace(texts::text, @mentions, '\1[erased]', 'gi')::jsonb where texts::text ~* @mentions),
     told as (delete from notices where message::text ~* @mentions),
     logged as (update audit set detail = regexp_replace(detail::text, @mentions, '\1[erased]', 'gi')::jsonb where detail::text ~* @mentions)
update incidents set title = regexp_replace(title, @mentions, '\1[erased]', 'gi'), summary = regexp_replace(summary, @mentions, '\1[erased]', 'gi'),
    message = regexp_replace(message, @mentions, '\1[erased]', 'gi')
where concat_ws(' ', title, summary, message) ~* @mentions;

-- name: EraseDeliveries :execrows
-- Raw webhooks that wait or are dead and name the person or a ticket. Polling brings the others' news again.
delete from inbox where source = @helpdesk and body <> '' and encode(body, 'escape') ~ @pattern::text;

-- name: PersonRemains :one
-- In how many rows a person's id can still be found.
select ((select count(*) from people p where p.helpdesk = @helpdesk::text and p.id = @requester_id::text)
      + (select count(*) from tickets t where t.helpdesk = @helpdesk and t.requester_id = @requester_id)
      + (select count(*) from replies r join tickets t on t.id = r.ticket where t.helpdesk = @helpdesk and r.author_id = @requester_id)
      + (select count(*) from follow_ups f where f.customer = @helpdesk || '/' || @requester_id)
      + (select count(*) from inbox b where b.source = @helpdesk and b.body <> '' and encode(b.body, 'escape') ~ @pattern::text)
      + (select count(*) from chat_messages m where m.text ~* @mentions::text)
      + (select count(*) from report_sections s where s.text ~* @mentions)
      + (select count(*) from answers a where a.texts::text ~* @mentions)
      + (select count(*) from notices n where n.message::text ~* @mentions)
      + (select count(*) from audit l where l.detail::text ~* @mentions)
      + (select count(*) from incidents i where concat_ws(' ', i.title, i.summary, i.message) ~* @mentions))::bigint;

-- name: ExportPerson :one
-- All that is held about a person, as one JSON object.
select jsonb_build_object(
    'person', (select to_jsonb(p) from people p where p.helpdesk = @helpdesk and p.id = @requester_id),
    'tickets', coalesce((select jsonb_agg(to_jsonb(t) - 'id' || jsonb_build_object(
            'links', (select jsonb_agg(jsonb_build_object('incident', i.key, 'state', l.state, 'confidence', l.confidence,
                    'evidence', l.evidence, 'linked_at', l.linked_at)) from links l join incidents i on i.id = l.incident where l.ticket = t.id),
            'references', (select jsonb_agg(n.name) from note_references n where n.ticket = t.id),
            'answers', (select jsonb_agg(jsonb_build_object('texts', a.texts, 'sent_at', s.sent_at)) from answer_tickets s join answers a on a.id = s.answer where s.ticket = t.id),
            'replies', (select jsonb_agg(to_jsonb(r) - 'ticket' order by r.at) from replies r where r.ticket = t.id)) order by t.created_at)
        from tickets t where t.helpdesk = @helpdesk and t.requester_id = @requester_id), '[]'),
    'replies_elsewhere', coalesce((select jsonb_agg(jsonb_build_object('ticket_id', t.ticket_id, 'at', r.at, 'public', r.public) order by r.at)
        from replies r join tickets t on t.id = r.ticket
        where t.helpdesk = @helpdesk and r.author_id = @requester_id and t.requester_id <> @requester_id), '[]'),
    'follow_ups', coalesce((select jsonb_agg(to_jsonb(f) - 'id' - 'incident' order by f.created_at)
        from follow_ups f where f.customer = @helpdesk || '/' || @requester_id::text), '[]'),
    'mentions', (select jsonb_build_object(
        'chat', (select jsonb_agg(m.text) from chat_messages m where m.text ~* @mentions::text),
        'reports', (select jsonb_agg(s.text) from report_sections s where s.text ~* @mentions),
        'notices', (select jsonb_agg(n.message) from notices n where n.message::text ~* @mentions),
        'incidents', (select jsonb_agg(i.key) from incidents i where concat_ws(' ', i.title, i.summary, i.message) ~* @mentions))),
    'waiting_webhooks', (select count(*) from inbox where source = @helpdesk and body <> '' and encode(body, 'escape') ~ @pattern::text)
)::jsonb as held;

-- What is kept no longer goes in small batches, so that no lock is held for long.

-- name: PurgeSessions :execrows
delete from sessions where hash in (select s.hash from sessions s where s.expires_at <= @now limit @batch for update skip locked);

-- name: PurgeNotices :execrows
-- What was told, or given up, long ago.
delete from notices where (key, target) in (
    select n.key, n.target from notices n where n.due_at is null and n.intent_at < @before limit @batch for update skip locked);

-- name: PurgeSurges :execrows
-- Rises of tickets that nobody made an incident of.
delete from surges where id in (
    select s.id from surges s where s.incident is null and s.seen_at < @before limit @batch for update skip locked);

-- name: PurgePeople :execrows
-- Requesters whose tickets are gone.
delete from people where (helpdesk, id) in (
    select p.helpdesk, p.id from people p where p.role not in ('agent', 'admin') and p.updated_at < @before
        and not exists (select 1 from tickets t where t.helpdesk = p.helpdesk and t.requester_id = p.id)
        and not exists (select 1 from follow_ups f where f.customer = p.helpdesk || '/' || p.id)
    limit @batch for update skip locked);
