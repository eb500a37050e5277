package bench

// The floor counts the same links: those of tickets that still exist.
const bareCount = `select count(*) from links l join tickets t on t.id = l.ticket
where l.incident = (select id from incidents where key = $1) and l.state <> 'dropped' and t.status <> 'deleted'`

const seedClear = `truncate incidents, tickets, organizations, ticket_bins cascade`

const seedOrganizations = `insert into organizations (helpdesk, id, name, fields, updated_at)
select 'support', g::text, 'Organization ' || g, jsonb_build_object('plan', (array['free', 'team', 'enterprise'])[1 + g % 3], 'mrr', g % 50 * 100), now()
from generate_series(1, 5000) g`

// One ticket every 20 seconds, up to now.
const seedTickets = `insert into tickets (helpdesk, ticket_id, subject, description, status, channel, tags, requester_id, organization_id,
    created_at, updated_at, stamp, seen_at, changed_at, first_reply_at, satisfaction,
    spent_seconds, requester_wait_seconds, resolution_seconds)
select 'support', g::text, 'Payment declined at checkout ' || g, repeat('Every payment fails with an error at checkout. ', 5),
    (array['new', 'open', 'pending', 'solved', 'closed'])[1 + g % 5], (array['web', 'email', 'api'])[1 + g % 3], '{payments,checkout}',
    (g % 60000)::text, case when g % 4 = 0 then '' else (g % 5000)::text end, t, t, t, t, now(),
    case when g % 6 > 0 then t + g % 7200 * interval '1 second' end, (array['', '', '', 'good', 'bad', 'offered'])[1 + g % 6],
    case when g % 3 > 0 then g % 1800 end, case when g % 5 > 2 then g % 20000 end, case when g % 5 > 2 then g % 90000 end
from (select g, now() - (200000 - g) * interval '20 seconds' as t from generate_series(1, 200000) g) x`

const seedIncidents = `insert into incidents (key, title, started_at, declared_at, resolved_at, status, created_at, updated_at)
select 'BENCH-' || g, 'Benchmark', t, t, t + interval '5 hours', 'resolved', t, t
from (select g, now() - interval '15 days' + g * interval '20 minutes' as t from generate_series(1, $1::int) g) x
on conflict (key) do nothing`

const seedLinks = `insert into links (incident, ticket, state, confidence, log_odds, evidence, linked_at, changed_at)
select i.id, (select min(id) from tickets) + (i.n * 7919 + j * 3) % $3::int, (array['auto', 'auto', 'auto', 'confirmed', 'suggested'])[1 + j % 5], 0.93, 2.5,
    '[{"kind": "tag", "detail": "The tag payments is rare and belongs to the incident", "weight": 2.1}]', now(), now()
from (select id, substr(key, 7)::int as n from incidents) i,
    lateral generate_series(1, ceil($2::int / power(i.n, 0.6))::int) j
where i.n <= $1::int
on conflict (incident, ticket) do nothing`

// Every fifth incident is open, shown and measured, the largest among them.
const seedShown = `update incidents set status = 'open', resolved_at = null, measure_due_at = now() where substr(key, 7)::int % 5 = 1`

// A third of the linked tickets are followed up: one in twenty is due, overdue or
// still to come, the others are done.
const seedFollowUps = `insert into follow_ups (incident, key, kind, phase, customer, helpdesk, ticket_id, ticket_ids, severity, plan, organization,
    assignee, group_id, since, due_at, status, reason, created_at, ended_at)
select l.incident, l.incident || '/' || l.ticket, 'closing', 0, 'support/' || l.ticket, 'support', l.ticket::text, array[l.ticket::text], '', 'team', '',
    (l.ticket % 40)::text, '', now(), now() + (l.ticket % 11 - 8) * interval '1 hour', case when l.ticket / 3 % 20 = 0 then 'open' else 'done' end,
    'The incident is over and nobody has told this customer.', now(), case when l.ticket / 3 % 20 > 0 then now() end
from links l where l.ticket % 3 = 0 and l.state in ('auto', 'confirmed')
on conflict (key) do nothing`
