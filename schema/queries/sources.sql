-- name: StoredAlerts :many
-- What was said of these firings so far.
select * from incident_alerts
where source = @source
  and (fingerprint, starts_at) in (select unnest(@fingerprints::text[]), unnest(@starts::timestamptz[]));

-- name: AlertBegan :many
-- When an alert of a source without parts began, as first told.
select starts_at from incident_alerts where source = @source and fingerprint = @fingerprint order by starts_at desc limit 1;

-- name: OpenIncidentByLink :many
-- The open incident that another source or a person describes at one of these addresses.
select id from incidents
where status = 'open' and source <> @source and external_url <> '' and external_url = any(@links::text[])
order by id limit 1;

-- name: SeveritySetByPeople :one
-- Whether anybody but the sources said how severe it is.
select exists (
    select 1 from audit
    where incident = @incident and action in ('declared', 'updated') and actor <> all(@sources::text[])
      and coalesce(detail ->> 'severity', '') <> '');
