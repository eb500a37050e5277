-- What ticketlink verify looks for, as its own repair: each statement gives rows
-- that nothing would work on any more their due time back and returns their
-- names. Without --repair the transaction is rolled back.

-- name: LostDeliveries :many
-- Every delivery is processed, waits, or is dead: exactly one of them.
update inbox set due_at = case when processed_at is null then @now::timestamptz end, dead_at = null
where num_nonnulls(processed_at, due_at, dead_at) <> 1
returning (source || '/' || id)::text as key;

-- name: ForgottenReminders :many
-- A reminder's outcome is known, or it is due, or the first of its digest is.
update reminders r set due_at = @now::timestamptz, digest = null
where r.due_at is null and r.delivered_at is null and r.error = ''
  and not exists (select 1 from reminders d where d.digest = r.digest and r.digest > 0 and d.due_at is not null)
returning (r.follow_up || '/' || r.stage || ' to ' || r.target)::text as key;

-- name: UnintendedReminders :many
-- A follow-up that counts a reminder has its row, else nobody was told.
update follow_ups f set stage = f.stage - 1, remind_due_at = @now::timestamptz
where f.status = 'open' and f.stage > 0 and not exists (select 1 from reminders r where r.follow_up = f.id and r.stage = f.stage)
returning f.key;

-- name: ForgottenNotices :many
update notices set due_at = @now::timestamptz where due_at is null and delivered_at is null and error = ''
returning (key || ' to ' || target)::text as key;

-- name: ForgottenAnswers :many
update answer_tickets set due_at = @now::timestamptz where due_at is null and sent_at is null and error = ''
returning (answer || '/' || ticket)::text as key;

-- name: ForgottenWriteBacks :many
update write_backs b set due_at = @now::timestamptz, attempts = 0
from incidents i, tickets t
where b.due_at is null and b.written <> b.wanted and b.error = '' and i.id = b.incident and t.id = b.ticket
returning (i.key || ' ' || b.kind || ' on ' || t.helpdesk || '/' || t.ticket_id)::text as key;

-- name: WrongReplyTimes :many
-- When a ticket was answered is what its replies say.
update tickets t set replies_due_at = @now::timestamptz
from (select ticket, min(at) filter (where agent and public) as first, max(at) filter (where agent and public) as last
      from replies group by ticket) r
where r.ticket = t.id and t.replies_due_at is null and (t.first_reply_at, t.last_reply_at) is distinct from (r.first, r.last)
returning (t.helpdesk || '/' || t.ticket_id)::text as key;

-- name: WrongBins :many
-- Each quarter of an hour holds as many tickets as a recount finds, but for
-- those that are to be counted yet. Purged tickets stay counted. The recount is
-- one pass over the tickets: as a join by time it took minutes with ten million.
with counted as (
    select changed_at - interval '2 minutes' as until_time from ticket_bins_counted
), recount as (
    select date_bin('15 minutes', created_at, 'epoch') as at, count(*) filter (where status <> 'deleted') as tickets,
           min(changed_at) as changed_at, max(changed_at) as last_change
    from tickets group by 1
), wrong as (
    select b.at, r.changed_at from ticket_bins b join recount r on r.at = b.at, counted
    where r.last_change < counted.until_time and b.tickets < r.tickets
), again as (
    update ticket_bins_counted set changed_at = least(changed_at, (select min(changed_at) from wrong))
)
select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')::text as key from wrong order by at;

-- name: FarDeliveries :many
-- What is due later than the machinery ever puts anything off was written by a
-- clock that ran ahead.
update inbox set due_at = @now::timestamptz where due_at > @far::timestamptz returning (source || '/' || id)::text as key;

-- name: FarFetches :many
update fetches set due_at = @now::timestamptz where due_at > @far::timestamptz returning (helpdesk || '/' || ticket_id)::text as key;

-- name: FarTickets :many
update tickets set match_due_at = least(match_due_at, @now::timestamptz), replies_due_at = least(replies_due_at, @now)
where match_due_at > @far::timestamptz or replies_due_at > @far returning (helpdesk || '/' || ticket_id)::text as key;

-- name: FarIncidents :many
update incidents set rescore_due_at = least(rescore_due_at, @now::timestamptz), measure_due_at = least(measure_due_at, @now),
    plan_due_at = least(plan_due_at, @now)
where id in (select i.id from incidents i
    where i.rescore_due_at > @far::timestamptz or i.measure_due_at > @far or i.plan_due_at > @far order by i.id for update)
returning key;

-- name: FarWriteBacks :many
update write_backs set due_at = @now::timestamptz where due_at > @far::timestamptz returning (incident || '/' || ticket || ' ' || kind)::text as key;

-- name: FarNotices :many
update notices set due_at = @now::timestamptz where due_at > @far::timestamptz returning (key || ' to ' || target)::text as key;

-- name: FarClocks :many
-- Polls, calendars, periodic work and the counting of tickets come back by the clock.
with polls as (
    update helpdesks set poll_due_at = @now::timestamptz where poll_due_at > @far::timestamptz or poll_due_at is null returning 'poll of ' || name as key
), calendars as (
    update on_call set due_at = @now where due_at > @far or due_at is null returning 'calendar ' || name as key
), periods as (
    update periodic set due_at = @now where due_at > @far returning kind as key
), counts as (
    update ticket_bins_counted set changed_at = '0001-01-01 00:00:00Z' where changed_at > @far returning 'count of tickets' as key
)
select key::text as key from (select key from polls union all select key from calendars union all select key from periods union all select key from counts) k;

-- name: MissingClocks :many
select wanted.name::text as key from unnest(@helpdesks::text[]) as wanted(name)
where not exists (select 1 from helpdesks h where h.name = wanted.name);

-- name: BrokenIncidents :many
-- Status, end and phases say the same. Nothing but a person can say which is right.
select i.key from incidents i
where (i.status = 'open') <> (i.resolved_at is null)
   or (i.status = 'open') <> exists (select 1 from incident_phases p where p.incident = i.id and p.ended_at is null)
order by i.id;

-- name: AllIncidents :many
select id from incidents order by id;

-- name: MatchDue :one
-- Whether tickets wait to be matched: until then links may differ from the engine's word.
select exists (select 1 from tickets where match_due_at is not null);

-- name: DueAgain :exec
update incidents set rescore_due_at = case when @rescore::boolean then @now else rescore_due_at end,
    measure_due_at = case when @measure::boolean then @now else measure_due_at end,
    plan_due_at = case when @plan::boolean then @now else plan_due_at end
where id = @id;
