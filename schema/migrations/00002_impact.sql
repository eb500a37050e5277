-- +goose Up

-- How many tickets came in each quarter of an hour: what is usual. A bin is
-- counted anew when one of its tickets changed (see CountBins), so counting
-- twice is harmless and old tickets may be deleted without rewriting history.
create table ticket_bins (
    at           timestamptz primary key,
    tickets      int not null,
    satisfied    int not null,
    dissatisfied int not null
);

-- One row: changes of tickets up to here are in the bins.
create table ticket_bins_counted (
    one        boolean primary key default true check (one),
    changed_at timestamptz not null
);
insert into ticket_bins_counted (changed_at) values ('0001-01-01 00:00:00Z');

-- How often a ticket was opened again after it was solved. A trigger, because
-- helpdesks tell the status only, and tickets are written in more than one way.
alter table tickets add column reopens int not null default 0;
-- +goose StatementBegin
create function count_reopen() returns trigger language plpgsql as $$
begin
    new.reopens := old.reopens + 1;
    return new;
end $$;
-- +goose StatementEnd
create trigger tickets_reopened before update of status on tickets for each row
    when (old.status in ('solved', 'closed') and new.status in ('new', 'open', 'pending', 'hold'))
    execute function count_reopen();

-- All that impact asks of a linked ticket, so that its row need not be read.
drop index tickets_impact;
create index tickets_impact on tickets (id) include (helpdesk, requester_id, organization_id, channel, status,
    satisfaction, reopens, created_at, first_reply_at);

-- Snapshots keep what was known then; corrected is the same moment as links
-- made or taken back later show it (null: as it was).
alter table impact_snapshots add column corrected jsonb, add column corrected_at timestamptz;

-- What people wrote into an incident's report.
create table report_sections (
    incident   bigint not null references incidents on delete cascade,
    name       text not null,
    text       text not null,
    updated_by text not null,
    updated_at timestamptz not null,
    primary key (incident, name)
);

-- Issues, pull requests, status pages and chats that an incident is told of in.
create table incident_references (
    id       bigint generated always as identity primary key,
    incident bigint not null references incidents on delete cascade,
    kind     text not null check (kind in ('issue', 'pull_request', 'status_page', 'chat', 'link')),
    name     text not null,                    -- as people say it: acme/shop#12, PAY-7
    url      text not null default '',         -- '' for a key without an address
    title    text not null default '',
    state    text not null check (state in ('proposed', 'linked', 'dismissed')),
    mentions int not null default 0,           -- internal notes that name it
    added_by text not null,                    -- 'ticketlink' for proposals
    added_at timestamptz not null,
    unique (incident, name)
);

-- What internal notes of tickets name; the notes themselves are not kept.
create table note_references (
    ticket bigint not null references tickets on delete cascade,
    name   text not null,
    kind   text not null,
    url    text not null,
    at     timestamptz not null,
    primary key (ticket, name)
);

-- +goose Down
drop table note_references, incident_references, report_sections, ticket_bins_counted, ticket_bins;
alter table impact_snapshots drop column corrected, drop column corrected_at;
drop trigger tickets_reopened on tickets;
drop function count_reopen();
alter table tickets drop column reopens; -- and its index with it
create index tickets_impact on tickets (id)
    include (status, requester_id, organization_id, created_at, first_reply_at);
