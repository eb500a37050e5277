-- name: LatestModel :one
select version, at, audit_id, model from models order by version desc limit 1;

-- name: PutModel :execrows
-- The version is the lock: of two that learned the same, one is kept.
insert into models (version, at, audit_id, model) values (@version, @now, @audit_id, @model)
on conflict (version) do nothing;

-- name: Lessons :many
-- Decisions that were not learned from yet, oldest first.
select a.id, a.at, a.action, l.uncalibrated, t.id as ticket, sqlc.embed(i)
from audit a join links l on l.incident = a.incident and l.ticket = a.ticket
join tickets t on t.id = a.ticket join incidents i on i.id = a.incident
where a.id > @after and a.action in ('confirmed', 'rejected')
order by a.id limit @batch;
