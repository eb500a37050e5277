-- name: ReadProblems :exec
-- Of these tickets, those that are a problem, are of one, or were until now.
update tickets t set problem_due_at = @now
where t.id = any(@ids::bigint[]) and (t.type = 'problem' or t.problem_id <> ''
    or exists (select from links l where l.ticket = t.id and l.decided_by = @by));

-- name: ReadProblemsOf :exec
-- The tickets of a problem that became known only now.
update tickets set problem_due_at = @now where helpdesk = @helpdesk and problem_id = @problem_id and problem_id <> '';

-- name: ClaimProblems :many
-- Problems come first: their tickets need the incident.
update tickets set problem_due_at = @lease
where id in (select c.id from tickets c where c.problem_due_at <= @now
    order by c.type <> 'problem', c.problem_due_at limit @batch for update skip locked)
returning id;

-- name: LockProblem :exec
-- A ticket and those that it is the problem of, in the order that everybody locks in.
select t.id from tickets t
where t.id = @id or t.problem_id <> '' and t.problem_id = (select p.ticket_id from tickets p where p.id = @id)
    and t.helpdesk = (select p.helpdesk from tickets p where p.id = @id)
order by t.helpdesk collate "C", t.ticket_id collate "C" for no key update;

-- name: LockTicket :one
select * from tickets where id = @id for no key update;

-- name: FinishProblem :exec
update tickets set problem_due_at = null where id = @id and problem_due_at = @lease;

-- name: ByCustomer :one
-- Whether a customer wrote this ticket, as far as is known.
select exists (select from people p where p.helpdesk = @helpdesk and p.id = @requester_id and p.role = 'end-user');

-- name: ProblemTicket :one
select * from problem_tickets where helpdesk = @helpdesk and ticket_id = @ticket_id;

-- name: ProblemOfIncident :one
select ticket_id from problem_tickets where helpdesk = @helpdesk and incident = @incident order by ours, ticket_id limit 1;

-- name: PutProblemTicket :exec
insert into problem_tickets (helpdesk, ticket_id, incident, ours) values (@helpdesk, @ticket_id, @incident, @ours)
on conflict (helpdesk, ticket_id) do update set incident = excluded.incident;

-- name: IncidentOfGroup :many
-- The incident that a source's group belongs to, the latest if there were several;
-- not one that goes on as another, for that one has the group as well.
select g.incident from incident_groups g join incidents i on i.id = g.incident
where g.source = @source and g.group_key = @group_key and i.merged_into is null order by g.incident desc limit 1;

-- name: ConfirmedBy :many
-- A ticket's links that one decider confirmed.
select incident from links where ticket = @ticket and decided_by = @by and state = 'confirmed' order by incident;

-- name: LinkedByProblem :one
-- What stands against confirming a link by its problem: a decision, or that we wrote the problem ourselves.
select coalesce((select l.decided_by from links l where l.incident = @incident and l.ticket = @ticket), '')::text as decided_by,
    exists (select from write_backs b where b.incident = @incident and b.ticket = @ticket and b.kind = 'problem'
        and (b.written or b.intent_at is not null)) as written;

-- name: SetEvidence :exec
update links set evidence = @evidence where incident = @incident and ticket = @ticket;

-- name: AskProblems :exec
-- Asks that linked tickets become incidents of the problem ticket: confirmed
-- ones, and in some helpdesks those that were linked without asking.
insert into write_backs (incident, ticket, kind, wanted, due_at)
select l.incident, l.ticket, 'problem', true, @now::timestamptz from links l join tickets t on t.id = l.ticket
where l.incident = @incident and l.ticket = any(@tickets::bigint[]) and t.type <> 'problem' and t.problem_id = ''
  and (l.state = 'confirmed' and t.helpdesk = any(@helpdesks::text[]) or l.state = 'auto' and t.helpdesk = any(@auto::text[]))
on conflict (incident, ticket, kind) do update
set wanted = true, attempts = 0, error = '', due_at = case when write_backs.written then null else excluded.due_at end
where not write_backs.wanted or not write_backs.written;

-- name: IncidentsByFoldedKey :many
-- Helpdesks write tags in lower case.
select id from incidents where lower(key) = any(@keys::text[]) and merged_into is null order by id limit 1;
