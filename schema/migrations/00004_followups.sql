-- +goose Up

-- Reminders that are due together for one target are told in one message, a
-- digest. Its rows share a number; the first of them carries due_at for all.
create sequence digest_numbers;
alter table reminders
    add column digest bigint,                        -- null: not looked at yet; 0: told by itself
    add column instead_of text not null default '';  -- the target that could not be reached
update reminders set digest = 0;
create index reminders_digest on reminders (digest) where digest > 0;

-- On-call schedules as last read. An unreadable calendar leaves the old one.
create table on_call (
    name       text primary key,
    calendar   text compression lz4 not null default '', -- iCalendar
    due_at     timestamptz,
    fetched_at timestamptz,
    error      text not null default ''
);

-- Public answers to all affected tickets of an incident, confirmed by a person.
-- The same words to the same incident are the same answer.
create table answers (
    id           bigint generated always as identity primary key,
    incident     bigint not null references incidents on delete cascade,
    fingerprint  text not null,                -- of texts and status
    texts        jsonb not null,               -- by language, '' for all others
    set_status   text not null check (set_status in ('', 'pending', 'solved')),
    confirmed_by text not null,
    confirmed_at timestamptz not null,
    unique (incident, fingerprint)
);

-- One row for each ticket: the intent is written before the reply is sent.
create table answer_tickets (
    answer     bigint not null references answers on delete cascade,
    ticket     bigint not null references tickets on delete cascade,
    language   text not null,
    due_at     timestamptz,                    -- null: sent, refused or stopped
    attempts   int not null default 0,
    intent_at  timestamptz,                    -- set before the first call: its outcome may be unknown
    sent_at    timestamptz,
    error      text not null default '',
    primary key (answer, ticket)
);
create index answer_tickets_due on answer_tickets (due_at) where due_at is not null;
create index answer_tickets_ticket on answer_tickets (ticket);

-- The tag by which a helpdesk's own views find tickets with a follow-up due.
alter table write_backs drop constraint write_backs_kind_check;
alter table write_backs add constraint write_backs_kind_check check (kind in ('tag', 'note', 'due'));

-- +goose Down
delete from write_backs where kind = 'due';
alter table write_backs drop constraint write_backs_kind_check;
alter table write_backs add constraint write_backs_kind_check check (kind in ('tag', 'note'));
drop table answer_tickets, answers, on_call;
alter table reminders drop column digest, drop column instead_of;
drop sequence digest_numbers;
