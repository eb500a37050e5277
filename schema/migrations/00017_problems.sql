-- +goose Up

-- Which problem tickets stand for which incident. Ours are those that we made,
-- or that somebody gave to an incident by its tag: they end no incident.
create table problem_tickets (
    helpdesk  text not null,
    ticket_id text not null,
    incident  bigint not null references incidents on delete cascade,
    ours      boolean not null,
    primary key (helpdesk, ticket_id)
);
create index problem_tickets_incident on problem_tickets (incident);

-- Tickets whose problem link is to be read.
alter table tickets add column problem_due_at timestamptz;
create index tickets_problem_due on tickets (problem_due_at) where problem_due_at is not null;
create index tickets_problem on tickets (helpdesk, problem_id) where problem_id <> '';

alter table write_backs drop constraint write_backs_kind_check;
alter table write_backs add constraint write_backs_kind_check check (kind in ('tag', 'note', 'due', 'problem'));

-- +goose Down
delete from write_backs where kind = 'problem';
alter table write_backs drop constraint write_backs_kind_check;
alter table write_backs add constraint write_backs_kind_check check (kind in ('tag', 'note', 'due'));
drop index tickets_problem;
alter table tickets drop column problem_due_at;
drop table problem_tickets;
