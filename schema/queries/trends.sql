-- name: TrendIncidents :many
-- What each incident of a span did, as measured last.
select i.key, i.title, i.severity, i.services, i.started_at, i.impact,
       coalesce((select sum(extract(epoch from p.ended_at - p.started_at)) from incident_phases p where p.incident = i.id), 0)::float8 as open_seconds
from incidents i
where i.started_at >= @since and i.started_at < @until_time::timestamptz order by i.started_at, i.id;

-- name: TicketsPerMonth :many
select date_trunc('month', at, 'UTC')::timestamptz as month, sum(tickets)::bigint as tickets
from ticket_bins where at >= @since and at < @until_time::timestamptz group by 1 order by 1;

-- name: IncidentTicketsPerMonth :many
-- Tickets that are linked to an incident, each once however many it is linked to.
select date_trunc('month', t.created_at, 'UTC')::timestamptz as month, count(*) as tickets
from tickets t
where t.created_at >= @since and t.created_at < @until_time::timestamptz and t.status <> 'deleted'
  and exists (select 1 from links l where l.ticket = t.id and l.state in ('auto', 'confirmed'))
group by 1 order by 1;
