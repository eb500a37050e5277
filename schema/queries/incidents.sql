-- name: NextIncidentNumber :one
select nextval('incident_numbers');

-- name: InsertIncident :one
insert into incidents (key, title, summary, severity, services, tags, keywords, regions, organizations,
    started_at, detected_at, declared_at, external_url, source, created_at, updated_at, rescore_due_at, measure_due_at)
values (@key, @title, @summary, @severity, @services, @tags, @keywords, @regions, @organizations,
    @started_at, @detected_at, @declared_at, @external_url, @source, @now, @now, @now, @now)
on conflict (key) do nothing
returning *;

-- name: GetIncident :one
select * from incidents where key = @key;

-- name: GetIncidentByID :one
select * from incidents where id = @id;

-- name: LockIncident :one
select * from incidents where key = @key for update;

-- name: LockIncidentByID :one
select * from incidents where id = @id for update;

-- name: ListIncidents :many
-- Newest first; the cursor is the id of the last one seen.
select * from incidents
where (@status::text = '' or status = @status) and (@before::bigint = 0 or id < @before)
order by id desc limit @batch;

-- name: UpdateIncident :one
update incidents set title = @title, summary = @summary, severity = @severity, services = @services, tags = @tags,
    keywords = @keywords, regions = @regions, organizations = @organizations, started_at = @started_at,
    detected_at = @detected_at, declared_at = @declared_at, external_url = @external_url, status = @status,
    resolved_at = @resolved_at, message = @message, version = version + 1, updated_at = @now,
    rescore_due_at = @now, measure_due_at = @now, plan_due_at = @now
where id = @id returning *;

-- name: PutPhase :exec
insert into incident_phases (incident, started_at, ended_at) values (@incident, @started_at, @ended_at)
on conflict (incident, started_at) do update set ended_at = excluded.ended_at;

-- name: DeletePhases :exec
delete from incident_phases where incident = @incident;

-- name: ListPhases :many
select incident, started_at, ended_at from incident_phases where incident = any(@incidents::bigint[])
order by incident, started_at;

-- name: OpenIncidentOfAlert :many
-- The open incident that holds one of these alerts or their group already.
select i.id from incidents i
where i.status = 'open' and (
    exists (select 1 from incident_alerts a where a.incident = i.id and a.source = @source and a.fingerprint = any(@fingerprints::text[]))
    or exists (select 1 from incident_groups g where g.incident = i.id and g.source = @source and g.group_key = @group_key))
order by i.id limit 1;

-- name: IncidentOfAlert :many
-- The incident that holds exactly these firings, open or resolved: a repeat.
select distinct a.incident::bigint as incident from incident_alerts a
where a.source = @source and a.incident is not null
  and (a.fingerprint, a.starts_at) in (select unnest(@fingerprints::text[]), unnest(@starts::timestamptz[]))
order by a.incident limit 1;

-- name: PutAlert :batchexec
-- The newest word; an alert stays with its first incident.
insert into incident_alerts (source, fingerprint, starts_at, ends_at, name, incident, told_at)
values (@source, @fingerprint, @starts_at, @ends_at, @name, @incident, @told_at)
on conflict (source, fingerprint, starts_at) do update
set ends_at = excluded.ends_at, told_at = excluded.told_at, incident = coalesce(incident_alerts.incident, excluded.incident);

-- name: PutGroup :exec
insert into incident_groups (source, group_key, incident) values (@source, @group_key, @incident)
on conflict do nothing;

-- name: FiringAlerts :one
select count(*) from incident_alerts where incident = @incident::bigint and ends_at is null;

-- name: ListAlerts :many
select * from incident_alerts where incident = @incident::bigint order by starts_at, fingerprint;

-- name: ActiveIncidents :many
-- Open ones and those resolved since: what tickets can still belong to.
select * from incidents where (status = 'open' or resolved_at >= @since) and merged_into is null order by id;

-- name: InsertAudit :exec
insert into audit (at, actor, action, incident, ticket, detail)
values (@at, @actor, @action, @incident, @ticket, @detail);

-- name: ListAudit :many
select a.at, a.actor, a.action, a.detail, t.helpdesk, t.ticket_id
from audit a left join tickets t on t.id = a.ticket
where a.incident = @incident order by a.at, a.id;

-- name: LockSource :exec
-- Held to the end of the transaction.
select pg_advisory_xact_lock(hashtextextended(@name::text, 0));
