-- name: TouchLink :exec
-- A row for a decision about a ticket that nobody linked before.
insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at)
values (@incident, @ticket, 'dropped', @confidence, 0, @now, @now)
on conflict (incident, ticket) do nothing;

-- name: DecideLinks :many
-- A person's word on links, or (state suggested) its withdrawal; the same word of
-- the same person again is none. What was before is in the audit log, from where
-- UndoDecisions takes it.
with was as (
    select o.ticket, o.state, o.decided_by, o.decided_at from links o
    where o.incident = @incident and o.ticket = any(@tickets::bigint[])
      and (o.decided_at is null or o.state <> @state or o.decided_by <> @by)
    order by o.ticket for update
), decided as (
    update links l set state = @state, changed_at = @now,
        linked_at = case when was.state = 'dropped' then @now else l.linked_at end,
        decided_by = case when @state = 'suggested' then '' else @by end,
        decided_at = case when @state = 'suggested' then null else @now::timestamptz end
    from was where l.incident = @incident and l.ticket = was.ticket
    returning l.ticket
), noted as (
    insert into audit (at, actor, action, incident, ticket, detail)
    select @now, @by, @action, @incident, was.ticket,
           jsonb_build_object('was', was.state, 'was_by', was.decided_by, 'was_at', was.decided_at) from was
)
select decided.ticket from decided order by decided.ticket;

-- name: UndoDecisions :many
-- Takes back what one person decided at one moment, except where a link changed since.
with made as (
    select distinct on (a.ticket) a.ticket, a.action, a.detail from audit a
    where a.incident = @incident and a.at = @made_at and a.actor = @by and jsonb_exists(a.detail, 'was') order by a.ticket, a.id
), undone as (
    update links l set state = made.detail ->> 'was', decided_by = made.detail ->> 'was_by',
        decided_at = (made.detail ->> 'was_at')::timestamptz, changed_at = @now
    from made where l.incident = @incident and l.ticket = made.ticket and l.changed_at = @made_at
    returning l.ticket, l.state, made.action
), noted as (
    insert into audit (at, actor, action, incident, ticket, detail)
    select @now, @by, 'undone', @incident, undone.ticket, jsonb_build_object('action', undone.action, 'state', undone.state) from undone
)
select undone.ticket, undone.state from undone order by undone.ticket;

-- name: LockIncidentsOf :exec
-- Some incidents, and those that compete for tickets which are locked already,
-- in the order that everybody locks in.
select id from incidents
where id = any(@ids::bigint[]) or id in (select l.incident from links l where l.ticket = any(@tickets::bigint[]))
order by id for update;

-- name: DecisionsMade :exec
-- The incident itself and those that compete for the tickets are looked at again.
-- LockIncidentsOf has locked them.
update incidents set rescore_due_at = @now,
    measure_due_at = case when id = @incident then @now else measure_due_at end,
    plan_due_at = case when id = @incident then @now else plan_due_at end
where id = @incident or id in (select l.incident from links l where l.ticket = any(@tickets::bigint[]));

-- name: GetLink :one
-- As ListLinks has it.
select l.ticket as cursor, t.helpdesk, t.ticket_id, t.subject, t.status, t.requester_id, t.organization_id, t.created_at,
       t.first_reply_at, l.state, l.confidence, l.log_odds, l.evidence, l.engine, l.model, l.linked_at, l.decided_by, l.decided_at
from links l join tickets t on t.id = l.ticket where l.incident = @incident and l.ticket = @ticket;

-- name: LockTickets :exec
-- In the order that accepting tickets locks them in.
select id from tickets where id = any(@ids::bigint[]) order by helpdesk collate "C", ticket_id collate "C" for no key update;

-- name: DecidedTickets :many
-- The tickets that one person decided on at one moment.
select distinct a.ticket::bigint as ticket from audit a
where a.incident = @incident and a.at = @made_at and a.actor = @by and a.ticket is not null and jsonb_exists(a.detail, 'was');
