-- name: DecidedLinks :many
select ticket from links where incident = @incident and decided_at is not null order by ticket;

-- name: TakeOverDecisions :many
-- People's words on one incident become words on another, except where they said
-- something there already.
with taken as (
    insert into links (incident, ticket, state, confidence, log_odds, uncalibrated, evidence, engine, linked_at, changed_at, decided_by, decided_at)
    select @into_incident::bigint, ticket, state, confidence, log_odds, uncalibrated, evidence, engine, linked_at, @now, decided_by, decided_at
    from links where incident = @from_incident::bigint and decided_at is not null
    on conflict (incident, ticket) do update
    set state = excluded.state, changed_at = excluded.changed_at, decided_by = excluded.decided_by, decided_at = excluded.decided_at
    where links.decided_at is null
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

-- name: MarkMerged :exec
update incidents set merged_into = @into_incident::bigint where id = @from_incident::bigint;
