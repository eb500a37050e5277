-- +goose Up

-- Given up after all its tries; null again once it is replayed. What was given
-- up before this is not listed.
alter table write_backs add column dead_at timestamptz;
alter table answer_tickets add column dead_at timestamptz;
alter table reminders add column dead_at timestamptz;
alter table notices add column dead_at timestamptz;
alter table chat_channels add column dead_at timestamptz;
create index write_backs_dead on write_backs (dead_at) where dead_at is not null;
create index answer_tickets_dead on answer_tickets (dead_at) where dead_at is not null;
create index reminders_dead on reminders (dead_at) where dead_at is not null;
create index notices_dead on notices (dead_at) where dead_at is not null;
create index chat_channels_dead on chat_channels (dead_at) where dead_at is not null;

-- All that was given up and that trying again may still do. What nobody can do,
-- or wants, any more leaves it by itself: of closed tickets, of links taken back,
-- of follow-ups that ended, of a problem that an agent chose otherwise. Ref names
-- the row in its table; the id rises with time and takes no more than 53 bits.
create view dead_letters as
select (floor(extract(epoch from d.dead_at))::bigint << 21) | (hashtextextended(d.kind || d.ref, 0) & 2097151) as id, d.*
from (
    select 'webhook'::text as kind, b.id::text as ref, b.source || '/' || b.id as key, b.received_at as since, b.dead_at, b.attempts, b.error
    from inbox b where b.dead_at is not null
    union all
    select 'write_back', w.incident || '/' || w.ticket || '/' || w.kind, i.key || ' ' || w.kind || ' on ' || t.helpdesk || '/' || t.ticket_id,
        l.linked_at, w.dead_at, w.attempts, w.error
    from write_backs w join links l on l.incident = w.incident and l.ticket = w.ticket
    join tickets t on t.id = w.ticket join incidents i on i.id = w.incident
    where w.dead_at is not null and w.due_at is null and t.status not in ('closed', 'deleted')
      and (not w.wanted or l.state in ('auto', 'confirmed'))
      and not (w.kind = 'problem' and (t.problem_id <> '' or t.type = 'problem'))
    union all
    select 'answer', s.answer || '/' || s.ticket, i.key || ' answer ' || a.id || ' to ' || t.helpdesk || '/' || t.ticket_id,
        a.confirmed_at, s.dead_at, s.attempts, s.error
    from answer_tickets s join answers a on a.id = s.answer join incidents i on i.id = a.incident
    join tickets t on t.id = s.ticket join links l on l.incident = a.incident and l.ticket = s.ticket
    where s.dead_at is not null and s.due_at is null and t.status not in ('closed', 'deleted') and l.state in ('auto', 'confirmed')
    union all
    select 'reminder', r.follow_up || '/' || r.stage || '/' || r.target, i.key || ' follow-up ' || f.id || ' reminder ' || r.stage || ' to ' || r.target,
        f.created_at, r.dead_at, r.attempts, r.error
    from reminders r join follow_ups f on f.id = r.follow_up join incidents i on i.id = f.incident
    where r.dead_at is not null and r.due_at is null and f.status = 'open'
    union all
    select 'notice', n.key || '/' || n.target, n.key || ' to ' || n.target, n.intent_at, n.dead_at, n.attempts, n.error
    from notices n where n.dead_at is not null and n.due_at is null
    union all
    select 'channel', c.chat || '/' || c.channel, i.key || ' impact in ' || c.chat || '/' || c.channel, c.linked_at, c.dead_at, c.attempts, c.error
    from chat_channels c join incidents i on i.id = c.incident
    where c.dead_at is not null and c.post_due_at is null
) d;

-- +goose Down
drop view dead_letters;
alter table chat_channels drop column dead_at;
alter table notices drop column dead_at;
alter table reminders drop column dead_at;
alter table answer_tickets drop column dead_at;
alter table write_backs drop column dead_at;
