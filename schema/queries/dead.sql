-- name: ListDeadLetters :many
select id::bigint as id, kind::text as kind, key::text as key, since::timestamptz as since, dead_at::timestamptz as dead_at,
    attempts::int as attempts, error::text as error
from dead_letters where id > @after::bigint order by id limit @batch;

-- name: CountDeadLetters :many
select kind::text as kind, count(*) as letters from dead_letters group by 1;

-- name: DeadLettersToReplay :many
-- One of them, or all for 0: as many as one transaction changes in good time.
select kind::text as kind, ref::text as ref from dead_letters where @id::bigint = 0 or id = @id order by kind, ref limit 10000;

-- name: ReplayWebhooks :execrows
update inbox set due_at = @now::timestamptz, dead_at = null, attempts = 0
where dead_at is not null and id::text = any(@refs::text[]);

-- name: ReplayWriteBacks :execrows
update write_backs set due_at = @now::timestamptz, dead_at = null, attempts = 0
where dead_at is not null and incident || '/' || ticket || '/' || kind = any(@refs::text[]);

-- name: ReplayAnswers :execrows
update answer_tickets s set due_at = d.due_at, dead_at = null, attempts = 0
from (select unnest(@refs::text[]) as ref, unnest(@dues::timestamptz[]) as due_at) d
where s.dead_at is not null and s.answer || '/' || s.ticket = d.ref;

-- name: ReplayReminders :execrows
update reminders set due_at = @now::timestamptz, dead_at = null, attempts = 0, digest = null
where dead_at is not null and follow_up || '/' || stage || '/' || target = any(@refs::text[]);

-- name: ReplayNotices :execrows
update notices set due_at = @now::timestamptz, dead_at = null, attempts = 0
where dead_at is not null and key || '/' || target = any(@refs::text[]);

-- name: ReplayChannels :execrows
update chat_channels set post_due_at = @now::timestamptz, dead_at = null, attempts = 0, posted_at = null
where dead_at is not null and chat || '/' || channel = any(@refs::text[]);
