-- +goose Up

-- Due times live in columns named x_due_at: null means nothing to do. A job
-- claims a row by moving the time forward (its lease), and clears it only if
-- nobody has set it again meanwhile. A crash costs the lease, never the work.

-- One row for each configured helpdesk: how far its export has been read.
create table helpdesks (
    name          text primary key,
    cursor        text not null default '',    -- '' begins at start_time
    start_time    timestamptz not null,
    poll_due_at   timestamptz,
    failures      int not null default 0,      -- polls failed in a row
    last_error    text not null default '',
    polled_at     timestamptz,                 -- last page read
    caught_up_at  timestamptz,                 -- last time the export had nothing newer
    webhook_at    timestamptz                  -- last webhook accepted
);

-- History loaded on request; resumes at its own cursor.
create table backfills (
    helpdesk   text not null,
    since      timestamptz not null,
    cursor     text not null default '',
    tickets    bigint not null default 0,
    reached_at timestamptz,                    -- newest ticket change seen
    done_at    timestamptz,
    primary key (helpdesk, since)
);

-- Webhook bodies, exactly as signed. A row is kept as proof against repeats;
-- its body is emptied once processed.
create table inbox (
    id           bigint generated always as identity primary key,
    source       text not null,                -- the configured name in the URL
    dedup_key    text not null,
    received_at  timestamptz not null,
    body         bytea not null,
    attempts     int not null default 0,
    due_at       timestamptz,                  -- null: processed or dead
    processed_at timestamptz,
    dead_at      timestamptz,                  -- given up; replay sets due_at
    error        text not null default '',
    unique (source, dedup_key)
) with (fillfactor = 90);
create index inbox_due on inbox (due_at) where due_at is not null;
create index inbox_dead on inbox (dead_at) where dead_at is not null;
create index inbox_received on inbox (received_at);

create table organizations (
    helpdesk   text not null,
    id         text not null,
    name       text not null default '',
    tags       text[] not null default '{}',
    fields     jsonb not null default '{}',
    updated_at timestamptz not null,
    primary key (helpdesk, id)
);

create table people (
    helpdesk        text not null,
    id              text not null,
    name            text not null default '',
    email           text not null default '',  -- of agents only
    role            text not null default '',
    locale          text not null default '',
    organization_id text not null default '',
    fields          jsonb not null default '{}',
    updated_at      timestamptz not null,
    primary key (helpdesk, id)
);

create table tickets (
    id              bigint generated always as identity primary key,
    helpdesk        text not null,
    ticket_id       text not null,
    subject         text not null default '',
    description     text compression lz4 not null default '',
    status          text not null default '',
    priority        text not null default '',
    type            text not null default '',
    channel         text not null default '',
    tags            text[] not null default '{}',
    requester_id    text not null default '',
    organization_id text not null default '',
    assignee_id     text not null default '',
    group_id        text not null default '',
    form_id         text not null default '',
    problem_id      text not null default '',
    satisfaction    text not null default '',
    merged_into     text not null default '',
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    stamp           timestamptz not null,      -- newer wins: see UpsertTicket
    seen_at         timestamptz not null,      -- first accepted
    changed_at      timestamptz not null,      -- last accepted change
    first_reply_at  timestamptz,               -- first public reply by an agent
    last_reply_at   timestamptz,
    match_due_at    timestamptz,
    replies_due_at  timestamptz,
    unique (helpdesk, ticket_id)
);
create index tickets_match_due on tickets (match_due_at) where match_due_at is not null;
create index tickets_replies_due on tickets (replies_due_at) where replies_due_at is not null;
create index tickets_created on tickets (created_at);
create index tickets_changed on tickets (changed_at);
create index tickets_impact on tickets (id)
    include (status, requester_id, organization_id, created_at, first_reply_at);

-- Tickets that an event named but did not describe.
create table fetches (
    helpdesk  text not null,
    ticket_id text not null,
    due_at    timestamptz not null,
    attempts  int not null default 0,
    error     text not null default '',
    primary key (helpdesk, ticket_id)
);
create index fetches_due on fetches (due_at);

create table replies (
    ticket    bigint not null references tickets on delete cascade,
    reply_id  text not null,
    author_id text not null default '',
    agent     boolean not null,
    public    boolean not null,
    at        timestamptz not null,
    primary key (ticket, reply_id)
);

create table incidents (
    id             bigint generated always as identity primary key,
    key            text not null unique,
    title          text not null,
    summary        text not null default '',
    severity       text not null default '',
    status         text not null default 'open' check (status in ('open', 'resolved')),
    services       text[] not null default '{}',
    tags           text[] not null default '{}',
    keywords       text[] not null default '{}',
    regions        text[] not null default '{}',
    organizations  text[] not null default '{}',
    started_at     timestamptz not null,
    detected_at    timestamptz,
    declared_at    timestamptz not null,
    resolved_at    timestamptz,
    message        text not null default '',   -- said at resolution
    external_url   text not null default '',
    source         text not null default '',   -- '' for people
    version        bigint not null default 1,
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    impact         jsonb,                      -- as measured last
    measured_at    timestamptz,
    rescore_due_at timestamptz,
    measure_due_at timestamptz,
    plan_due_at    timestamptz
);
create sequence incident_numbers;
create index incidents_open on incidents (started_at) where status = 'open';
create index incidents_resolved on incidents (resolved_at);
create index incidents_rescore_due on incidents (rescore_due_at) where rescore_due_at is not null;
create index incidents_measure_due on incidents (measure_due_at) where measure_due_at is not null;
create index incidents_plan_due on incidents (plan_due_at) where plan_due_at is not null;

-- An incident that was reopened has several phases.
create table incident_phases (
    incident   bigint not null references incidents on delete cascade,
    started_at timestamptz not null,
    ended_at   timestamptz,
    primary key (incident, started_at)
);

-- The alerts behind an incident: the same alert is never two incidents.
create table incident_alerts (
    source      text not null,
    fingerprint text not null,
    starts_at   timestamptz not null,
    ends_at     timestamptz,
    name        text not null default '',
    incident    bigint not null references incidents on delete cascade,
    primary key (source, fingerprint, starts_at)
);
create index incident_alerts_incident on incident_alerts (incident);

-- How the source groups them; a group's next alert belongs to the same incident.
create table incident_groups (
    source    text not null,
    group_key text not null,
    incident  bigint not null references incidents on delete cascade,
    primary key (source, group_key, incident)
);

create table links (
    incident   bigint not null references incidents on delete cascade,
    ticket     bigint not null references tickets on delete cascade,
    state      text not null check (state in ('suggested', 'auto', 'confirmed', 'rejected', 'dropped')),
    confidence double precision not null,
    log_odds   double precision not null,
    uncalibrated double precision,             -- what learning compares a decision with; null: nobody proposed it
    evidence   jsonb compression lz4 not null default '[]',
    engine     text not null default '',
    linked_at  timestamptz not null,
    changed_at timestamptz not null,
    decided_by text not null default '',       -- a person's word; '' for the machine
    decided_at timestamptz,
    primary key (incident, ticket)
);
create index links_ticket on links (ticket);
create index links_decided on links (decided_at) where decided_at is not null;

-- What the helpdesk is to be told about a link: a tag (wanted or not) and one note.
create table write_backs (
    incident   bigint not null,
    ticket     bigint not null,
    kind       text not null check (kind in ('tag', 'note')),
    wanted     boolean not null,
    due_at     timestamptz,                    -- null: done or refused for good
    attempts   int not null default 0,
    written    boolean not null default false, -- what the helpdesk holds now
    intent_at  timestamptz,                    -- set before the call: its outcome may be unknown
    done_at    timestamptz,
    error      text not null default '',
    primary key (incident, ticket, kind),
    foreign key (incident, ticket) references links on delete cascade
);
create index write_backs_due on write_backs (due_at) where due_at is not null;

create table impact_snapshots (
    incident bigint not null references incidents on delete cascade,
    at       timestamptz not null,
    impact   jsonb compression lz4 not null,
    primary key (incident, at)
);

create table follow_ups (
    id            bigint generated always as identity primary key,
    incident      bigint not null references incidents on delete cascade,
    key           text not null unique,        -- incident, customer, kind and phase
    kind          text not null check (kind in ('first_reply', 'update', 'closing')),
    phase         int not null,
    customer      text not null,               -- helpdesk/requester
    helpdesk      text not null,
    ticket_id     text not null,               -- the one to answer
    ticket_ids    text[] not null,             -- all that it covers
    severity      text not null,
    plan          text not null,
    organization  text not null,
    assignee      text not null,
    group_id      text not null,
    since         timestamptz not null,        -- what due_at is counted from
    due_at        timestamptz not null,
    status        text not null check (status in ('open', 'done', 'cancelled')),
    reason        text not null,
    by_hand       boolean not null default false,
    decided_by    text not null default '',
    snoozed_until timestamptz,
    stage         int not null default 0,      -- reminders sent so far
    reminded_at   timestamptz,
    remind_due_at timestamptz,
    created_at    timestamptz not null,
    ended_at      timestamptz
);
create index follow_ups_incident on follow_ups (incident);
create index follow_ups_open on follow_ups (due_at) where status = 'open';
create index follow_ups_remind_due on follow_ups (remind_due_at) where remind_due_at is not null;

-- One row for each reminder and target: written before the delivery, completed after.
create table reminders (
    follow_up    bigint not null references follow_ups on delete cascade,
    stage        int not null,
    target       text not null,
    escalation   boolean not null default false,
    due_at       timestamptz,                  -- null: delivered or given up
    attempts     int not null default 0,
    intent_at    timestamptz not null,
    delivered_at timestamptz,
    error        text not null default '',
    primary key (follow_up, stage, target)
);
create index reminders_due on reminders (due_at) where due_at is not null;

-- Who decided what and when: people by name, the machine as 'ticketlink'.
create table audit (
    id       bigint generated always as identity primary key,
    at       timestamptz not null,
    actor    text not null,
    action   text not null,
    incident bigint references incidents on delete cascade,
    ticket   bigint references tickets on delete cascade,
    detail   jsonb not null default '{}'
);
create index audit_incident on audit (incident, at);
create index audit_decisions on audit (id) where action in ('confirmed', 'rejected');

-- What people's decisions have taught the matcher, every version of it.
create table models (
    version  bigint primary key,
    at       timestamptz not null,
    audit_id bigint not null,                  -- learned from all decisions up to this one
    model    jsonb compression lz4 not null
);

-- Rises of similar tickets that no incident explains.
create table surges (
    id           bigint generated always as identity primary key,
    kind         text not null,                -- tag or word
    term         text not null,                -- what the tickets share
    symptom      text not null,
    onset_at     timestamptz not null,
    tickets      bigint[] not null,
    usual        double precision not null,
    found_at     timestamptz not null,
    seen_at      timestamptz not null,         -- last found
    incident     bigint references incidents on delete set null
);
create index surges_seen on surges (seen_at);

-- What is told to notification targets once, other than reminders.
create table notices (
    key          text not null,
    target       text not null,
    message      jsonb not null,
    due_at       timestamptz,                  -- null: delivered or given up
    attempts     int not null default 0,
    intent_at    timestamptz not null,
    delivered_at timestamptz,
    error        text not null default '',
    primary key (key, target)
);
create index notices_due on notices (due_at) where due_at is not null;

-- Work that comes back by the clock.
create table periodic (
    kind   text primary key,
    due_at timestamptz not null
);

-- +goose Down
drop table periodic, notices, surges, models, audit, reminders, follow_ups, impact_snapshots, write_backs, links, incident_groups, incident_alerts,
    incident_phases, incidents, replies, fetches, tickets, people, organizations, inbox, backfills, helpdesks;
drop sequence incident_numbers;
