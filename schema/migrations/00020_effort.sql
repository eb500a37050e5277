-- +goose Up

-- What the helpdesk measured of a ticket; null for what it does not tell (yet).
alter table tickets
    add column spent_seconds int,              -- agents' working time
    add column requester_wait_seconds int,     -- how long the requester waited for support, in all
    add column resolution_seconds int,         -- from the creation to the latest solving
    -- Custom fields that impact is configured to read, by their id; no others.
    add column fields jsonb not null default '{}';

-- Impact still reads no ticket's row.
drop index tickets_impact;
create index tickets_impact on tickets (id) include (helpdesk, requester_id, organization_id, channel, status,
    satisfaction, reopens, created_at, first_reply_at, spent_seconds, requester_wait_seconds, resolution_seconds);

-- Metrics count follow-ups without reading their rows.
drop index follow_ups_incident;
create index follow_ups_incident on follow_ups (incident, status) include (due_at, snoozed_until);

create or replace view dashboards.incidents as
select key as incident, title, severity, status, services, started_at, detected_at, declared_at, resolved_at, measured_at,
    coalesce((impact ->> 'linked_tickets')::bigint, 0) as tickets,
    coalesce((impact ->> 'customers')::bigint, 0) as customers,
    coalesce((impact ->> 'organizations')::bigint, 0) as organizations,
    coalesce((impact ->> 'excess_tickets')::float8, 0) as excess_tickets,
    coalesce((impact ->> 'unanswered_tickets')::bigint, 0) as unanswered_tickets,
    coalesce((impact ->> 'backlog_tickets')::bigint, 0) as backlog_tickets,
    coalesce((impact ->> 'reopened_tickets')::bigint, 0) as reopened_tickets,
    (impact ->> 'first_ticket_lag_seconds')::float8 as first_ticket_lag_seconds,
    (impact ->> 'detection_lag_seconds')::float8 as detection_lag_seconds,
    (impact ->> 'first_reply_seconds')::float8 as first_reply_seconds,
    (impact ->> 'first_reply_p90_seconds')::float8 as first_reply_p90_seconds,
    (impact ->> 'satisfaction_during')::float8 as satisfaction_during,
    (impact ->> 'satisfaction_before')::float8 as satisfaction_before,
    (impact ->> 'support_spent_seconds')::float8 as support_spent_seconds,
    (impact ->> 'requester_wait_seconds')::float8 as requester_wait_seconds,
    (impact ->> 'resolution_seconds')::float8 as resolution_seconds
from public.incidents;

-- +goose Down
-- The view's older form has fewer columns, which only a new one can have.
drop view dashboards.incidents;
create view dashboards.incidents as
select key as incident, title, severity, status, services, started_at, detected_at, declared_at, resolved_at, measured_at,
    coalesce((impact ->> 'linked_tickets')::bigint, 0) as tickets,
    coalesce((impact ->> 'customers')::bigint, 0) as customers,
    coalesce((impact ->> 'organizations')::bigint, 0) as organizations,
    coalesce((impact ->> 'excess_tickets')::float8, 0) as excess_tickets,
    coalesce((impact ->> 'unanswered_tickets')::bigint, 0) as unanswered_tickets,
    coalesce((impact ->> 'backlog_tickets')::bigint, 0) as backlog_tickets,
    coalesce((impact ->> 'reopened_tickets')::bigint, 0) as reopened_tickets,
    (impact ->> 'first_ticket_lag_seconds')::float8 as first_ticket_lag_seconds,
    (impact ->> 'detection_lag_seconds')::float8 as detection_lag_seconds,
    (impact ->> 'first_reply_seconds')::float8 as first_reply_seconds,
    (impact ->> 'first_reply_p90_seconds')::float8 as first_reply_p90_seconds,
    (impact ->> 'satisfaction_during')::float8 as satisfaction_during,
    (impact ->> 'satisfaction_before')::float8 as satisfaction_before
from public.incidents;
drop index follow_ups_incident;
create index follow_ups_incident on follow_ups (incident);
drop index tickets_impact;
create index tickets_impact on tickets (id) include (helpdesk, requester_id, organization_id, channel, status,
    satisfaction, reopens, created_at, first_reply_at);
alter table tickets drop column spent_seconds, drop column requester_wait_seconds, drop column resolution_seconds, drop column fields;
-- +goose StatementBegin
do $$ begin
    if exists (select 1 from pg_roles where rolname = 'ticketlink_reader') then
        grant select on dashboards.incidents to ticketlink_reader;
    end if;
end $$;
-- +goose StatementEnd
