-- name: LatestModel :one
select version, at, audit_id, model from models order by version desc limit 1;

-- name: PutModel :execrows
-- The version is the lock: of two that learned the same, one is kept.
insert into models (version, at, audit_id, model) values (@version, @now, @audit_id, @model)
on conflict (version) do nothing;

-- name: ModelVersion :one
-- Or the first after it that is kept.
select model from models where version >= @version order by version limit 1;

-- name: PurgeModels :execrows
-- Versions of long ago, but the latest and those that links of open incidents name.
delete from models where version in (
    select m.version from models m where m.at < @before and m.version < (select max(l.version) from models l)
        and m.version not in (select l.model from links l join incidents i on i.id = l.incident where i.status = 'open')
    order by m.version limit @batch for update skip locked);

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
