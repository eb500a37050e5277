-- name: LatestModel :one
select version, at, audit_id, model from models order by version desc limit 1;

-- name: PutModel :execrows
-- The version is the lock: of two that learned the same, one is kept.
insert into models (version, at, audit_id, model) values (@version, @now, @audit_id, @model)
on conflict (version) do nothing;

-- name: ModelVersion :one
select model from models where version = @version;

-- name: Lessons :many
-- What people said, or took back, that was not learned from yet, oldest first:
-- before and after it.
select a.id, a.at, l.uncalibrated, t.id as ticket, sqlc.embed(i),
       coalesce(case when a.action = 'undone' then a.detail ->> 'action' else a.detail ->> 'was' end, '')::text as was,
       (case when a.action = 'undone' then a.detail ->> 'state' else a.action end)::text as becomes
from audit a join links l on l.incident = a.incident and l.ticket = a.ticket
join tickets t on t.id = a.ticket join incidents i on i.id = a.incident
where a.learn_due and a.action in ('confirmed', 'rejected', 'undecided', 'undone')
order by a.id limit @batch;

-- name: FinishLessons :exec
update audit set learn_due = false where id = any(@ids::bigint[]);
