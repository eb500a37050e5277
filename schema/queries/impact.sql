-- name: ClaimMeasure :one
select * from incidents where id = @id and measure_due_at <= @now for update skip locked;

-- name: MeasureLinks :one
-- Every count of one incident in one aggregate. Linked means auto or confirmed.
select
    count(*) filter (where l.state = 'suggested') as suggested,
    count(*) filter (where l.state = 'auto') as auto,
    count(*) filter (where l.state = 'confirmed') as confirmed,
    count(*) filter (where l.state = 'rejected') as rejected,
    count(*) filter (where l.state in ('auto', 'confirmed')) as linked,
    coalesce(sum(case l.state when 'confirmed' then 1 when 'rejected' then 0 else l.confidence end), 0)::float8 as expected,
    coalesce(sum(case l.state when 'confirmed' then 0 when 'rejected' then 0
                 else l.confidence * (1 - l.confidence) end), 0)::float8 as variance,
    count(distinct case when t.requester_id = '' then t.helpdesk || '/' || t.ticket_id
                        else t.helpdesk || ':' || t.requester_id end) filter (where l.state in ('auto', 'confirmed')) as customers,
    count(distinct t.helpdesk || ':' || t.organization_id)
        filter (where l.state in ('auto', 'confirmed') and t.organization_id <> '') as organizations,
    coalesce(min(t.created_at) filter (where l.state in ('auto', 'confirmed')), '0001-01-01 00:00:00Z')::timestamptz as first_ticket_at,
    coalesce(max(t.created_at) filter (where l.state in ('auto', 'confirmed')), '0001-01-01 00:00:00Z')::timestamptz as last_ticket_at,
    count(*) filter (where l.state in ('auto', 'confirmed') and t.first_reply_at is null
        and t.status not in ('solved', 'closed')) as unanswered,
    count(*) filter (where l.state in ('auto', 'confirmed') and t.status not in ('solved', 'closed')) as backlog,
    coalesce(percentile_cont(0.5) within group (order by extract(epoch from t.first_reply_at - t.created_at))
        filter (where l.state in ('auto', 'confirmed') and t.first_reply_at is not null), 0)::float8 as first_reply_median,
    coalesce(percentile_cont(0.9) within group (order by extract(epoch from t.first_reply_at - t.created_at))
        filter (where l.state in ('auto', 'confirmed') and t.first_reply_at is not null), 0)::float8 as first_reply_p90,
    count(*) filter (where l.state in ('auto', 'confirmed') and t.first_reply_at is not null) as answered,
    count(*) filter (where l.state in ('auto', 'confirmed') and t.satisfaction = 'good') as satisfied,
    count(*) filter (where l.state in ('auto', 'confirmed') and t.satisfaction = 'bad') as dissatisfied
from links l join tickets t on t.id = l.ticket
where l.incident = @incident and l.state <> 'dropped' and t.status <> 'deleted';

-- name: MeasureOrganizations :many
-- The organizations that an incident touched, with what their fields say.
select t.helpdesk, t.organization_id, coalesce(o.name, '')::text as name,
       coalesce(o.fields ->> @plan_field::text, '')::text as plan,
       coalesce(o.fields ->> @region_field::text, '')::text as region,
       coalesce(o.fields ->> @revenue_field::text, '')::text as revenue,
       count(*) as tickets
from links l join tickets t on t.id = l.ticket
left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted' and t.organization_id <> ''
group by 1, 2, 3, 4, 5, 6 order by tickets desc, name, t.organization_id;

-- name: LinkedPerBin :many
-- Linked tickets in bins of @seconds from @since on, and when the first came in each.
select floor(extract(epoch from t.created_at - @since::timestamptz) / @seconds::float8)::int as bin,
       count(*) as tickets, min(t.created_at)::timestamptz as first
from links l join tickets t on t.id = l.ticket
where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status <> 'deleted'
group by 1 order by 1;

-- name: TicketsPerBin :many
-- All tickets of a span in bins of @seconds from @since on; empty bins are absent.
select floor(extract(epoch from created_at - @since::timestamptz) / @seconds::float8)::int as bin, count(*) as tickets
from tickets where created_at >= @since and created_at < @until_time::timestamptz and status <> 'deleted'
group by 1 order by 1;

-- name: SaveImpact :exec
update incidents set impact = @impact, measured_at = @now, measure_due_at = null where id = @id;

-- name: PutSnapshot :exec
insert into impact_snapshots (incident, at, impact) values (@incident, @at, @impact)
on conflict (incident, at) do update set impact = excluded.impact;

-- name: ListSnapshots :many
select at, impact from impact_snapshots where incident = @incident and at > @after order by at limit @batch;

-- name: MetricIncidents :many
select id, key, title, severity, status, started_at, detected_at, declared_at, impact from incidents
where status = 'open' or resolved_at >= @since
order by (status = 'open') desc, started_at desc limit 200;
