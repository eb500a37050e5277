-- name: PutSection :one
insert into report_sections (incident, name, text, updated_by, updated_at)
values (@incident, @name, @text, @updated_by, @now)
on conflict (incident, name) do update
set text = excluded.text, updated_by = excluded.updated_by, updated_at = excluded.updated_at
returning *;

-- name: ListSections :many
select * from report_sections where incident = @incident order by name;

-- name: LinkedPerMinute :many
-- Linked tickets by the minute they came, and how many customers and
-- organizations wrote for the first time then. Nothing of a ticket but what an
-- index holds is read: the planner would else read all tickets for a large incident.
with linked as (
    select date_trunc('minute', t.created_at, 'UTC') as minute,
        row_number() over (partition by t.helpdesk, coalesce(nullif(t.requester_id, ''), '/' || t.id)
                           order by t.created_at, t.id) = 1 as new_customer,
        t.organization_id <> '' and row_number() over (partition by t.helpdesk, t.organization_id
                           order by t.created_at, t.id) = 1 as new_organization
    from links l join tickets t on t.id = l.ticket
    where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted'
)
select minute::timestamptz as minute, count(*)::int as tickets, (count(*) filter (where new_customer))::int as customers,
       (count(*) filter (where new_organization))::int as organizations
from linked group by 1 order by 1;

-- name: FirstReplyWaits :many
-- How long linked tickets waited for their first public reply, in whole
-- minutes; -1 for those that wait still, -2 for those solved without one.
select (case when t.first_reply_at is not null then greatest(floor(extract(epoch from t.first_reply_at - t.created_at) / 60), 0)
             when t.status in ('solved', 'closed') then -2 else -1 end)::int as minutes, count(*)::int as tickets
from links l join tickets t on t.id = l.ticket
where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted'
group by 1 order by 1;

-- name: AffectedCustomers :many
-- Organizations with linked tickets, most tickets first; people without one stand for themselves.
select t.helpdesk, t.organization_id,
       (case when t.organization_id = '' then t.requester_id else '' end)::text as requester_id,
       coalesce(max(o.name), '')::text as organization,
       coalesce(max(case when t.organization_id = '' then p.name end), '')::text as person,
       coalesce(max(jsonb_build_object('organization_fields', o.fields, 'user_fields', p.fields, 'ticket_fields', t.fields) #>> @plan_path::text[]), '')::text as plan,
       count(distinct t.requester_id)::int as people, count(*)::int as tickets,
       (count(*) filter (where t.first_reply_at is null and t.status not in ('solved', 'closed')))::int as unanswered
from links l join tickets t on t.id = l.ticket
left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
left join people p on p.helpdesk = t.helpdesk and p.id = t.requester_id
where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted'
  and (@people::boolean or t.organization_id <> '')
group by 1, 2, 3 order by tickets desc, organization, t.organization_id, requester_id limit @batch;

-- name: FirstLinked :one
-- The linked ticket that came first.
-- Materialized: the planner would else walk all tickets from the oldest on.
with linked as materialized (
    select t.created_at, t.id from links l join tickets t on t.id = l.ticket
    where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted')
select t.helpdesk, t.ticket_id, t.created_at, t.channel
from (select id from linked order by created_at, id limit 1) f join tickets t on t.id = f.id;

-- name: FollowUpEnds :many
-- How follow-ups went, by kind: those that ended in time, late, and that are still owed.
select kind,
       (count(*) filter (where status = 'done' and ended_at <= greatest(due_at, snoozed_until)))::int as on_time,
       (count(*) filter (where status = 'done' and ended_at > greatest(due_at, snoozed_until)))::int as late,
       (count(*) filter (where status = 'open' and greatest(due_at, snoozed_until) > @now::timestamptz))::int as pending,
       (count(*) filter (where status = 'open' and greatest(due_at, snoozed_until) <= @now))::int as missing,
       (count(*) filter (where status = 'cancelled'))::int as cancelled
from follow_ups where incident = @incident group by kind order by kind;

-- name: FirstAnswer :one
-- When the first linked ticket was answered; null for never.
select min(t.first_reply_at)::timestamptz as at from links l join tickets t on t.id = l.ticket
where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted' and t.first_reply_at is not null
having count(*) > 0;

-- name: FollowUpsDone :many
select ended_at::timestamptz as at, kind, (ended_at > greatest(due_at, snoozed_until))::boolean as late
from follow_ups where incident = @incident and status = 'done' and ended_at is not null order by ended_at;

-- name: RemindersSent :many
select r.delivered_at::timestamptz as at, r.target, r.escalation from reminders r join follow_ups f on f.id = r.follow_up
where f.incident = @incident and r.delivered_at is not null order by r.delivered_at;
