-- name: DecidedLinks :many
select ticket from links where incident = @incident and decided_at is not null order by ticket;

-- name: TakeOverDecisions :many
-- People's words on one incident become words on another. Where they said something
-- there already, that stays, but a no gives way to a yes: they told two incidents
-- apart that are one.
with taken as (
    insert into links (incident, ticket, state, confidence, log_odds, uncalibrated, evidence, engine, model, linked_at, changed_at, decided_by, decided_at)
    select @into_incident::bigint, ticket, state, confidence, log_odds, uncalibrated, evidence, engine, model, linked_at, @now, decided_by, decided_at
    from links where incident = @from_incident::bigint and decided_at is not null
    on conflict (incident, ticket) do update
    set state = excluded.state, changed_at = excluded.changed_at, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
        linked_at = case when links.state in ('dropped', 'rejected') then excluded.linked_at else links.linked_at end
    where links.decided_at is null or links.state = 'rejected' and excluded.state = 'confirmed'
    returning ticket, state
), released as (
    update links set decided_by = '', decided_at = null where incident = @from_incident::bigint and decided_at is not null
)
select ticket, state from taken order by ticket;

-- name: TakeOverAlerts :exec
update incident_alerts set incident = @into_incident::bigint where incident = @from_incident::bigint;

-- name: TakeOverGroups :exec
insert into incident_groups (source, group_key, incident)
select source, group_key, @into_incident::bigint from incident_groups where incident = @from_incident::bigint
on conflict do nothing;

-- name: TakeOverProblems :exec
update problem_tickets set incident = @into_incident::bigint where incident = @from_incident::bigint;

-- name: MarkMerged :exec
update incidents set merged_into = @into_incident::bigint where id = @from_incident::bigint;

-- name: Doubles :many
-- Open incidents that the same tickets fit: three at least, and half of what either
-- of the two has. A tie is a suggestion to one of them at least.
with mine as (select o.ticket, o.state from links o where o.incident = @incident and o.state in ('suggested', 'auto', 'confirmed')),
     theirs as (select l.incident, l.ticket, l.state from incidents i join links l on l.incident = i.id
                where i.status = 'open' and i.id <> @incident and l.state in ('suggested', 'auto', 'confirmed'))
select i.id, i.key, i.title, n.both::int as tickets
from (select t.incident, count(*) as has,
             count(*) filter (where 'suggested' in (m.state, t.state) and 'confirmed' not in (m.state, t.state)) as both
      from theirs t left join mine m on m.ticket = t.ticket group by 1) n
join incidents i on i.id = n.incident
where n.both >= 3 and 2 * n.both >= least(n.has, (select count(*) from mine))
order by n.both desc, i.id;
