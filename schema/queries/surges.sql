-- name: EnsurePeriodic :exec
insert into periodic (kind, due_at) values (@kind, @now) on conflict do nothing;

-- name: ClaimPeriodic :execrows
-- Moves the clock on; of several replicas one does the work.
update periodic set due_at = @next_at where kind = @kind and due_at <= @now;

-- name: LockPeriodic :exec
-- Until the transaction ends, no other replica keeps what it found: the clock
-- alone does not part two where one takes longer than a turn.
select 1 from periodic where kind = @kind for update;

-- name: ExplainedTickets :many
-- Tickets that belong or may belong to an incident, for more than the hour at
-- which they were written: a rush explains nothing by itself. Each ticket's
-- links by themselves: as a join, the planner would read all links there are.
-- A resolved incident explains those who write late, fewer and fewer, and not
-- three times as many, and five, in the last half hour as in others since.
with bounds as (select @resolved_since::timestamptz as since, @lately::timestamptz as lately),
again as materialized (
    select i.id, i.resolved_at from incidents i, bounds b
    where i.resolved_at >= b.since and i.resolved_at < b.lately and (
        select count(*) filter (where t.created_at >= b.lately) >=
            5 + 3 * 1800 * count(*) filter (where t.created_at < b.lately) / greatest(1800, extract(epoch from b.lately - i.resolved_at))
        from links l join tickets t on t.id = l.ticket where l.incident = i.id and l.state <> 'dropped' and t.created_at > i.resolved_at)
)
select l.ticket, l.incident from tickets t cross join lateral (
    select k.ticket, k.incident from links k
    where k.ticket = t.id and (k.state in ('auto', 'confirmed') or k.state = 'suggested'
        and exists (select from jsonb_array_elements(k.evidence) e
            where e->>'kind' not in ('prior', 'time', 'surge', 'calibration', 'competition') and (e->>'weight')::float8 > 0))
        and not exists (select from again a where a.id = k.incident and t.created_at > a.resolved_at)
    offset 0) l
where t.created_at >= @since
order by l.ticket, l.incident;

-- name: ExplainSurge :exec
-- Not to one that was over before.
update surges s set incident = @incident where s.id = @id and s.incident is null and s.dismissed_at is null
  and not exists (select from incidents i where i.id = @incident and i.resolved_at < s.onset_at);

-- name: RecentSurges :many
-- Those that a person dismissed come last: what rises anew is another's. Nor is
-- it that of an incident which is over.
select s.* from surges s where (s.seen_at >= @since or s.dismissed_at >= @dismissed_since::timestamptz)
  and not exists (select from incidents i where i.id = s.incident and i.resolved_at < @lately::timestamptz)
order by s.dismissed_at is not null, s.id;

-- name: InsertSurge :one
insert into surges (kind, term, symptom, theme, also, onset_at, tickets, usual, found_at, seen_at)
values (@kind, @term, @symptom, @theme, @also, @onset_at, @tickets, @usual, @now, @now) returning id;

-- name: SeeSurge :exec
update surges set tickets = @tickets, also = @also, usual = @usual, seen_at = @now where id = @id;

-- name: ListSurges :many
select s.id, s.kind, s.term, s.symptom, s.also, s.onset_at, s.tickets, s.usual, s.found_at, s.seen_at,
       coalesce(i.key, '')::text as incident_key, s.dismissed_at, s.dismissed_by
from surges s left join incidents i on i.id = s.incident
where s.seen_at >= @since order by s.id desc;

-- name: LockSurge :one
select * from surges where id = @id for update;

-- name: SurgeDeclared :exec
update surges set incident = @incident where id = @id;

-- name: DismissSurge :execrows
update surges set dismissed_at = @now, dismissed_by = @by where id = @id and incident is null and dismissed_at is null;

-- name: SurgeTickets :many
select helpdesk, ticket_id from tickets where id = any(@ids::bigint[]) order by created_at, id;

-- name: CountSurges :one
-- Surges that are going on and that no incident explains.
select count(*) from surges where seen_at >= @since and incident is null and dismissed_at is null;

-- name: PutNotice :exec
insert into notices (key, target, message, due_at, intent_at) values (@key, @target, @message, @now, @now)
on conflict (key, target) do nothing;

-- name: ClaimNotices :many
update notices n set due_at = @lease, attempts = attempts + 1, intent_at = @now
where (n.key, n.target) in (select c.key, c.target from notices c where c.due_at <= @now
    order by c.due_at limit @batch for update skip locked)
returning n.key, n.target, n.message, n.attempts;

-- name: FinishNotice :exec
update notices set due_at = @due_at, delivered_at = @delivered_at, dead_at = @dead_at, error = @error where key = @key and target = @target;
