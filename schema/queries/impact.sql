-- name: ClaimMeasure :one
select * from incidents where id = @id and measure_due_at <= @now for update skip locked;

-- name: MeasureLinks :one
-- Everything that one incident's links say, in one pass over them. What counts
-- as linked is auto or confirmed. A ticket without a requester is a customer of
-- its own; a customer belongs to one organization, '' for none. The pass keeps
-- its rows narrow (yes and no instead of words): what it costs is memory.
with linked as materialized (
    select l.state = 'suggested' as suggested, l.state = 'confirmed' as confirmed, l.state = 'rejected' as rejected,
           l.state in ('auto', 'confirmed') as counts, l.confidence, t.helpdesk, t.organization_id, t.channel,
           t.status in ('solved', 'closed') as done, t.satisfaction = 'good' as good, t.satisfaction = 'bad' as bad,
           t.reopens > 0 as reopened, t.created_at, t.first_reply_at, t.spent_seconds, t.requester_wait_seconds, t.resolution_seconds,
           case when t.requester_id = '' then '/' || t.id else t.requester_id end as customer
    from links l join tickets t on t.id = l.ticket
    where l.incident = @incident and l.state <> 'dropped' and t.status <> 'deleted'
), customers as (
    select helpdesk, customer, max(organization_id) as organization_id from linked where counts group by 1, 2
), accounts as (
    select helpdesk, organization_id, count(*) as customers from customers group by 1, 2
), bins as (
    select date_bin('15 minutes', created_at, 'epoch') as at, count(*)::int as tickets, min(created_at) as first
    from linked where counts group by 1
)
select
    count(*) filter (where suggested) as suggested,
    count(*) filter (where counts and not confirmed) as auto,
    count(*) filter (where confirmed) as confirmed,
    count(*) filter (where rejected) as rejected,
    coalesce(sum(case when confirmed then 1 when rejected then 0 else confidence end), 0)::float8 as expected,
    coalesce(sum(confidence * (1 - confidence)) filter (where not confirmed and not rejected), 0)::float8 as variance,
    coalesce(min(created_at) filter (where counts), '0001-01-01 00:00:00Z')::timestamptz as first_ticket_at,
    coalesce(max(created_at) filter (where counts), '0001-01-01 00:00:00Z')::timestamptz as last_ticket_at,
    count(*) filter (where counts and not done and first_reply_at is null) as unanswered,
    count(*) filter (where counts and not done) as backlog,
    count(*) filter (where counts and first_reply_at is not null) as answered,
    count(*) filter (where counts and reopened) as reopened,
    count(*) filter (where counts and good) as satisfied,
    count(*) filter (where counts and bad) as dissatisfied,
    count(spent_seconds) filter (where counts) as spent_tickets,
    coalesce(sum(spent_seconds) filter (where counts), 0)::float8 as spent,
    coalesce(percentile_cont(array[0.5, 0.9]) within group (order by date_part('epoch', first_reply_at - created_at))
        filter (where counts and first_reply_at is not null), '{0,0}')::float8[] as reply_waits,
    coalesce(percentile_cont(0.5) within group (order by requester_wait_seconds) filter (where counts and requester_wait_seconds is not null), -1)::float8 as requester_wait,
    coalesce(percentile_cont(0.5) within group (order by resolution_seconds) filter (where counts and resolution_seconds is not null), -1)::float8 as resolution,
    (select count(*) from customers) as customers,
    (select count(*) from accounts where organization_id <> '') as organizations,
    (select coalesce(jsonb_agg(a), '[]') from (
        select coalesce(o.fields ->> @plan_field::text, '') as plan, coalesce(o.fields ->> @region_field::text, '') as region,
               coalesce(o.fields ->> @revenue_field::text, '') as revenue,
               count(*) filter (where g.organization_id <> '') as organizations, sum(g.customers) as customers
        from accounts g left join organizations o on o.helpdesk = g.helpdesk and o.id = g.organization_id
        group by 1, 2, 3) a)::jsonb as accounts,
    (select coalesce(jsonb_object_agg(channel, n), '{}')
        from (select channel, count(*) as n from linked where counts group by 1) c)::jsonb as channels,
    array(select at from bins order by at)::timestamptz[] as bins,
    array(select tickets from bins order by at)::int[] as bin_tickets,
    array(select first from bins order by at)::timestamptz[] as bin_firsts
from linked;

-- name: MeasureAccounts :many
-- What MeasureLinks says of accounts, where plan, region or revenue stand in
-- fields of people or tickets. Of a customer's tickets the newest with fields
-- speaks; an organization counts once, with its first customer.
with counting as (
    select t.helpdesk, t.organization_id, t.fields, t.created_at,
           case when t.requester_id = '' then '/' || t.id else t.requester_id end as customer
    from links l join tickets t on t.id = l.ticket
    where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted'
), customers as (
    select helpdesk, customer, max(organization_id) as organization_id,
           (array_agg(fields order by created_at desc) filter (where fields <> '{}'))[1] as fields
    from counting group by 1, 2
), told as (
    select c.organization_id <> '' and row_number() over (partition by c.helpdesk, c.organization_id order by c.customer) = 1 as first,
           jsonb_build_object('organization_fields', o.fields, 'user_fields', p.fields, 'ticket_fields', c.fields) as fields
    from customers c
    left join organizations o on o.helpdesk = c.helpdesk and o.id = c.organization_id
    left join people p on p.helpdesk = c.helpdesk and p.id = c.customer
)
select coalesce(fields #>> @plan_path::text[], '')::text as plan, coalesce(fields #>> @region_path::text[], '')::text as region,
       coalesce(fields #>> @revenue_path::text[], '')::text as revenue,
       count(*) filter (where first) as organizations, count(*) as customers
from told group by 1, 2, 3;

-- name: Bins :one
-- All tickets of a span by quarter of an hour, numbered from @since on (empty
-- ones are absent), and how those rated that came before @started.
select coalesce(array_agg((extract(epoch from at - @since::timestamptz) / 900)::int order by at), '{}')::int[] as bins,
       coalesce(array_agg(tickets order by at), '{}')::int[] as tickets,
       coalesce(sum(satisfied) filter (where at < @started::timestamptz), 0)::bigint as satisfied,
       coalesce(sum(dissatisfied) filter (where at < @started), 0)::bigint as dissatisfied
from ticket_bins where at >= @since and at < @until_time::timestamptz;

-- name: LockBins :one
-- Whoever counts holds the row; nobody waits for it.
select changed_at from ticket_bins_counted where changed_at <= @stale for update skip locked;

-- name: CountBins :exec
-- Counts anew each bin that holds a ticket changed since. Each by itself: as a
-- join, the planner would read all tickets there are for a few bins.
with touched as (
    select distinct date_bin('15 minutes', c.created_at, 'epoch') as at from tickets c where c.changed_at >= @since
)
insert into ticket_bins (at, tickets, satisfied, dissatisfied)
select b.at, n.tickets, n.satisfied, n.dissatisfied
from touched b cross join lateral (
    select count(*) as tickets, count(*) filter (where t.satisfaction = 'good') as satisfied, count(*) filter (where t.satisfaction = 'bad') as dissatisfied
    from tickets t where t.created_at >= b.at and t.created_at < b.at + interval '15 minutes' and t.status <> 'deleted') n
on conflict (at) do update
set tickets = excluded.tickets, satisfied = excluded.satisfied, dissatisfied = excluded.dissatisfied
where (ticket_bins.tickets, ticket_bins.satisfied, ticket_bins.dissatisfied)
    is distinct from (excluded.tickets, excluded.satisfied, excluded.dissatisfied);

-- name: BinsCounted :exec
update ticket_bins_counted set changed_at = @now;

-- name: FollowUpsInTime :one
-- How follow-ups of an incident went: those that people waited for no longer
-- than promised, later, and still.
select count(*) filter (where status = 'done' and ended_at <= greatest(due_at, snoozed_until)) as on_time,
       count(*) filter (where status = 'done' and ended_at > greatest(due_at, snoozed_until)) as late,
       count(*) filter (where status = 'open') as open,
       count(*) filter (where status = 'cancelled') as cancelled
from follow_ups where incident = @incident;

-- name: SaveImpact :exec
update incidents set impact = @impact, measured_at = @now, measure_due_at = null where id = @id;

-- name: PutSnapshot :exec
insert into impact_snapshots (incident, at, impact) values (@incident, @at, @impact)
on conflict (incident, at) do update set impact = excluded.impact, corrected = null, corrected_at = null;

-- name: SnapshotCounts :many
-- What each snapshot says of tickets and customers, as corrected where it was.
select at, (coalesce(corrected, impact) ->> 'linked_tickets')::bigint as tickets,
       (coalesce(corrected, impact) ->> 'customers')::bigint as customers,
       (coalesce(corrected, impact) ->> 'organizations')::bigint as organizations
from impact_snapshots where incident = @incident order by at;

-- name: CorrectSnapshot :batchexec
update impact_snapshots set corrected = @corrected, corrected_at = @now where incident = @incident and at = @at;

-- name: ListSnapshots :many
select at, impact, corrected, corrected_at from impact_snapshots where incident = @incident and at > @after order by at limit @batch;

-- name: MetricIncidents :many
select id, key, title, severity, status, started_at, detected_at, declared_at, impact from incidents
where status = 'open' or resolved_at >= @since
order by (status = 'open') desc, started_at desc limit 200;
