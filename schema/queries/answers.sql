-- name: AnswerRecipients :many
-- Linked tickets that can be answered and have not been sent these words, with
-- the language of whoever wrote them.
select t.id, t.helpdesk, t.ticket_id, coalesce(p.locale, '')::text as locale
from links l join tickets t on t.id = l.ticket
left join people p on p.helpdesk = t.helpdesk and p.id = t.requester_id
where l.incident = @incident and l.state in ('auto', 'confirmed') and t.status not in ('closed', 'deleted')
  and not exists (select 1 from answers a join answer_tickets s on s.answer = a.id
      where a.incident = l.incident and a.fingerprint = @fingerprint and s.ticket = t.id
        and (s.sent_at is not null or s.due_at is not null or s.intent_at is not null))
order by t.id;

-- name: PutAnswer :one
insert into answers (incident, fingerprint, texts, set_status, confirmed_by, confirmed_at)
values (@incident, @fingerprint, @texts, @set_status, @confirmed_by, @now)
on conflict (incident, fingerprint) do update set confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at
returning *;

-- name: PutAnswerTicket :batchexec
-- One that was stopped before anything was sent begins anew.
insert into answer_tickets (answer, ticket, language, due_at) values (@answer, @ticket, @language, @due_at)
on conflict (answer, ticket) do update set due_at = excluded.due_at, dead_at = null, error = ''
where answer_tickets.sent_at is null and answer_tickets.intent_at is null;

-- name: StopAnswer :execrows
update answer_tickets s set due_at = null, error = @error
from answers a where a.id = s.answer and a.id = @answer and a.incident = @incident and s.due_at is not null;

-- name: ListAnswers :many
select sqlc.embed(a), count(s.ticket)::int as tickets, count(s.sent_at)::int as sent,
       count(s.due_at)::int as waiting, count(*) filter (where s.sent_at is null and s.due_at is null and s.error <> '')::int as failed
from answers a left join answer_tickets s on s.answer = a.id
where a.incident = @incident and a.id > @after group by a.id order by a.id limit @batch;

-- name: ClaimAnswer :one
-- One ticket at a time, so that the pace holds for all replicas together.
update answer_tickets s set due_at = @lease, attempts = s.attempts + 1
from answers a, tickets t, incidents i
where (s.answer, s.ticket) = (select c.answer, c.ticket from answer_tickets c where c.due_at <= @now
        order by c.due_at, c.ticket limit 1 for update skip locked)
  and a.id = s.answer and t.id = s.ticket and i.id = a.incident
returning sqlc.embed(s), a.texts, a.set_status, t.helpdesk, t.ticket_id, i.key as incident_key;

-- name: IntendAnswer :exec
update answer_tickets set intent_at = coalesce(intent_at, @now) where answer = @answer and ticket = @ticket;

-- name: FinishAnswer :exec
update answer_tickets set due_at = null, sent_at = @sent_at, dead_at = @dead_at, error = @error where answer = @answer and ticket = @ticket;

-- name: RetryAnswer :exec
update answer_tickets set due_at = @due_at, error = @error where answer = @answer and ticket = @ticket;

-- name: DelayAnswers :exec
-- A rate limit holds for all that waits for the same helpdesk.
update answer_tickets s set due_at = s.due_at + @wait::interval
from tickets t where t.id = s.ticket and t.helpdesk = @helpdesk and s.due_at is not null;
