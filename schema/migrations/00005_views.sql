-- +goose Up

-- What dashboards read. These views are a promise: their names and columns stay
-- when tables change, and they hold no ticket text and no address. The role
-- ticketlink_reader may read them and nothing else; grant it to the account that
-- a dashboard connects with: grant ticketlink_reader to grafana.
create schema dashboards;

-- One row for each incident, with its impact as measured last.
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

-- One row for each incident and currency.
create view dashboards.revenue as
select i.key as incident, r.currency, (i.impact -> 'revenue_affected' ->> r.currency)::float8 as amount
from public.incidents i cross join lateral (select jsonb_object_keys(i.impact -> 'revenue_affected') as currency) r;

-- One row for each snapshot: as known then, and as corrected since.
create view dashboards.impact_history as
select i.key as incident, s.at, (s.impact ->> 'linked_tickets')::bigint as tickets_then, (s.impact ->> 'customers')::bigint as customers_then,
    coalesce(s.corrected ->> 'linked_tickets', s.impact ->> 'linked_tickets')::bigint as tickets,
    coalesce(s.corrected ->> 'customers', s.impact ->> 'customers')::bigint as customers,
    (s.impact ->> 'unanswered_tickets')::bigint as unanswered_tickets, s.corrected_at
from public.impact_snapshots s join public.incidents i on i.id = s.incident;

-- One row for each link, without the ticket's text.
create view dashboards.tickets as
select i.key as incident, t.helpdesk, t.ticket_id, l.state, l.confidence, t.status, t.channel, t.priority, t.created_at, t.first_reply_at,
    t.reopens, coalesce(o.name, '') as organization, l.linked_at, l.decided_by, l.decided_at
from public.links l join public.incidents i on i.id = l.incident join public.tickets t on t.id = l.ticket
left join public.organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
where l.state <> 'dropped' and t.status <> 'deleted';

-- One row for each follow-up; due_at has the snooze in it.
create view dashboards.follow_ups as
select i.key as incident, f.kind, f.status, f.helpdesk, f.ticket_id, f.severity, f.plan,
    coalesce(nullif(p.name, ''), nullif(f.assignee, ''), 'nobody') as assignee, f.group_id,
    greatest(f.due_at, f.snoozed_until) as due_at, f.stage as reminders, f.reason, f.created_at, f.ended_at
from public.follow_ups f join public.incidents i on i.id = f.incident
left join public.people p on p.helpdesk = f.helpdesk and p.id = f.assignee;

-- What people and the machine did to incidents.
create view dashboards.events as
select i.key as incident, a.at, a.actor, a.action, coalesce(t.helpdesk || '/' || t.ticket_id, '') as ticket
from public.audit a join public.incidents i on i.id = a.incident left join public.tickets t on t.id = a.ticket;

-- All tickets by quarter of an hour.
create view dashboards.tickets_per_quarter as select at, tickets, satisfied, dissatisfied from public.ticket_bins;

-- Roles belong to the server, not to the database: another database may have
-- made it, or we may not be allowed to; then an administrator creates it and
-- grants what this would have granted.
-- +goose StatementBegin
do $$
begin
    begin
        create role ticketlink_reader nologin;
    exception when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
    if exists (select 1 from pg_roles where rolname = 'ticketlink_reader') then
        grant usage on schema dashboards to ticketlink_reader;
        grant select on all tables in schema dashboards to ticketlink_reader;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop schema dashboards cascade;
