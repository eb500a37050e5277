-- name: ClaimPlan :one
select * from incidents where id = @id and plan_due_at <= @now for update skip locked;

-- name: FinishPlan :exec
-- What follow-ups say is part of the impact.
update incidents set plan_due_at = null,
    measure_due_at = case when @changed::boolean then coalesce(measure_due_at, @now) else measure_due_at end
where id = @id;

-- name: PlanTickets :many
select t.id, t.helpdesk, t.ticket_id, t.requester_id, t.organization_id, t.assignee_id, t.group_id, t.status,
       t.merged_into, t.created_at, l.state,
       coalesce(jsonb_build_object('organization_fields', o.fields, 'user_fields', p.fields, 'ticket_fields', t.fields) #>> @plan_path::text[], '')::text as plan,
       (select coalesce(array_agg(r.at order by r.at), '{}') from replies r
         where r.ticket = t.id and r.agent and r.public)::timestamptz[] as replies,
       (select coalesce(array_agg(r.at order by r.at), '{}') from replies r join tickets m on m.id = r.ticket
         where t.merged_into <> '' and m.helpdesk = t.helpdesk and m.ticket_id = t.merged_into
           and r.agent and r.public)::timestamptz[] as merged_replies
from links l join tickets t on t.id = l.ticket
left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
left join people p on p.helpdesk = t.helpdesk and p.id = t.requester_id
where l.incident = @incident and l.state <> 'suggested'
order by t.id;

-- name: FollowUpsOf :many
select * from follow_ups where incident = @incident order by id;

-- name: PutFollowUp :batchexec
-- What a person decided stays; the plan's word replaces the plan's.
insert into follow_ups (incident, key, kind, phase, customer, helpdesk, ticket_id, ticket_ids, severity, plan,
    organization, assignee, group_id, since, due_at, status, reason, remind_due_at, created_at, ended_at)
values (@incident, @key, @kind, @phase, @customer, @helpdesk, @ticket_id, @ticket_ids, @severity, @plan,
    @organization, @assignee, @group_id, @since, @due_at, @status, @reason, @remind_due_at, @now, @ended_at)
on conflict (key) do update
set ticket_id = excluded.ticket_id, ticket_ids = excluded.ticket_ids, severity = excluded.severity,
    plan = excluded.plan, organization = excluded.organization,
    assignee = case when follow_ups.assigned_by = '' then excluded.assignee else follow_ups.assignee end,
    group_id = excluded.group_id, since = excluded.since, due_at = excluded.due_at, status = excluded.status,
    reason = excluded.reason, ended_at = excluded.ended_at, remind_due_at = excluded.remind_due_at
where not follow_ups.by_hand or follow_ups.status = 'open';

-- name: ListFollowUps :many
select sqlc.embed(f), i.key as incident_key, i.title as incident_title
from follow_ups f join incidents i on i.id = f.incident
where f.id > @after
  and (@incident_key::text = '' or i.key = @incident_key)
  and (@assignee::text = '' or f.assignee = @assignee)
  and (@stored_status::text = '' or f.status = @stored_status)
order by f.id limit @batch;

-- name: GetFollowUp :one
select sqlc.embed(f), i.key as incident_key, i.title as incident_title
from follow_ups f join incidents i on i.id = f.incident where f.id = @id;

-- name: DecideFollowUp :execrows
-- A person's word on an open follow-up.
update follow_ups set status = @status, by_hand = @by_hand, decided_by = @decided_by, reason = @reason,
    snoozed_until = @snoozed_until, remind_due_at = @remind_due_at, ended_at = @ended_at
where id = @id and status = 'open';

-- name: ReassignFollowUp :execrows
-- A person gives an open follow-up to an agent, who is reminded from the beginning.
update follow_ups set assignee = @assignee, assigned_by = @by, stage = 0, reminded_at = null, remind_due_at = @remind_due_at
where id = @id and status = 'open';

-- name: AgentOf :one
-- One of a helpdesk's agents, '' for somebody else.
select coalesce(max(name), '')::text from people where helpdesk = @helpdesk and id = @id and role in ('agent', 'admin');

-- name: AgentsOf :many
select id, name from people where helpdesk = @helpdesk and role in ('agent', 'admin') order by name, id limit 500;

-- name: LockDueFollowUps :many
-- Follow-ups whose next reminder is due; what another replica has is left to it.
select sqlc.embed(f), i.key as incident_key, coalesce(p.email, '')::text as assignee_email
from follow_ups f join incidents i on i.id = f.incident
left join people p on p.helpdesk = f.helpdesk and p.id = f.assignee
where f.status = 'open' and f.remind_due_at <= @now
order by f.remind_due_at, f.id limit @batch for update of f skip locked;

-- name: AdvanceFollowUps :batchexec
update follow_ups set stage = @stage, reminded_at = @reminded_at, remind_due_at = @remind_due_at where id = @id;

-- name: PutReminders :batchexec
insert into reminders (follow_up, stage, target, escalation, due_at, intent_at)
values (@follow_up, @stage, @target, @escalation, @due_at, @now)
on conflict (follow_up, stage, target) do nothing;

-- name: PutFallback :execrows
-- Another target for a reminder that could not be delivered.
insert into reminders (follow_up, stage, target, escalation, instead_of, due_at, intent_at)
values (@follow_up, @stage, @target, @escalation, @instead_of, @due_at, @now)
on conflict (follow_up, stage, target) do nothing;

-- name: ToldElsewhere :one
-- Whether a reminder reached, or may still reach, somebody at another target.
select exists (select 1 from reminders
    where follow_up = @follow_up and stage = @stage and target <> @target
      and (delivered_at is not null or due_at is not null or digest > 0 and error = ''));

-- name: LockNewReminders :many
-- Due reminders for which it is open whether they go alone or in a digest.
select follow_up, stage, target from reminders
where due_at <= @now and digest is null
order by target, follow_up, stage limit @batch for update skip locked;

-- name: NextDigest :one
select nextval('digest_numbers');

-- name: GatherReminders :batchexec
update reminders set digest = @digest::bigint, due_at = @due_at, error = @error
where follow_up = @follow_up and stage = @stage and target = @target;

-- name: ClaimReminders :many
update reminders r set due_at = @lease, attempts = attempts + 1, intent_at = @now
from follow_ups f, incidents i
where (r.follow_up, r.stage, r.target) in (
        select follow_up, stage, target from reminders c where c.due_at <= @now and c.digest is not null
        order by c.due_at limit @batch for update skip locked)
  and f.id = r.follow_up and i.id = f.incident
returning sqlc.embed(r), sqlc.embed(f), i.key as incident_key, i.title as incident_title, i.message as incident_message;

-- name: DigestReminders :many
select sqlc.embed(r), sqlc.embed(f), i.key as incident_key, i.title as incident_title, i.message as incident_message
from reminders r join follow_ups f on f.id = r.follow_up join incidents i on i.id = f.incident
where r.digest = @digest::bigint and r.delivered_at is null order by i.id, f.kind, f.due_at, f.id;

-- name: FinishReminders :batchexec
update reminders set due_at = null, delivered_at = @delivered_at, dead_at = @dead_at, error = @error
where follow_up = @follow_up and stage = @stage and target = @target;

-- name: RetryReminder :exec
-- A digest is repeated as it is, or taken apart and gathered anew.
update reminders set due_at = @due_at, error = @error, digest = case when @apart::boolean then null else digest end
where follow_up = @follow_up and stage = @stage and target = @target;

-- name: MetricFollowUps :many
-- Counted by what their status hangs on: what the policy asks of, and since when
-- they are due, if they are. Those that ended are many: the last measure counted
-- them, unless another is due.
with shown as materialized (
    select m.id, m.key, case when m.measure_due_at is null then m.impact -> 'follow_ups' end as measured
    from incidents m where m.status = 'open' or m.resolved_at >= @since
    order by (m.status = 'open') desc, m.started_at desc limit 200
), ended as (
    select s.key, f.status, count(*) as n from shown s join follow_ups f on f.incident = s.id
    where s.measured -> 'cancelled' is null and f.status in ('done', 'cancelled')
    group by 1, 2
    union all
    select key, 'done', (measured ->> 'on_time')::bigint + (measured ->> 'late')::bigint from shown where measured -> 'cancelled' is not null
    union all
    select key, 'cancelled', (measured ->> 'cancelled')::bigint from shown where measured -> 'cancelled' is not null
)
select key, status, ''::text as severity, ''::text as plan, ''::text as organization, null::timestamptz as due_at, n from ended where n > 0
union all
select s.key, 'open', f.severity, f.plan, f.organization,
    case when greatest(f.due_at, f.snoozed_until) <= @now::timestamptz then greatest(f.due_at, f.snoozed_until) end, count(*)
from shown s join follow_ups f on f.incident = s.id
where f.status = 'open'
group by 1, 2, 3, 4, 5, 6;

-- name: WantDueTag :exec
-- The tag of tickets with a follow-up that support was reminded of.
insert into write_backs (incident, ticket, kind, wanted, due_at)
select l.incident, l.ticket, 'due', true, @now::timestamptz from tickets t join links l on l.ticket = t.id
where t.helpdesk = @helpdesk and t.ticket_id = @ticket_id and l.incident = @incident
on conflict (incident, ticket, kind) do update
set wanted = true, attempts = 0, error = '', due_at = case when write_backs.written then null else excluded.due_at end
where not write_backs.wanted;

-- name: UnwantDueTags :execrows
update write_backs b set wanted = false, due_at = @now, attempts = 0
from tickets t
where b.incident = @incident and b.kind = 'due' and b.wanted and t.id = b.ticket
  and not exists (select 1 from follow_ups f where f.incident = b.incident and f.status = 'open' and f.stage > 0
      and f.helpdesk = t.helpdesk and f.ticket_id = t.ticket_id);

-- name: DueElsewhere :one
select exists (select 1 from write_backs where ticket = @ticket and incident <> @incident and kind = 'due' and wanted);
