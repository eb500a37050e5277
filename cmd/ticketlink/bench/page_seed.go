package bench

// The large incident: the last 5,000 tickets are a rush of three hours, linked
// to it, a quarter only suggested, each with nine reasons and a follow-up.
const seedRush = `update tickets set created_at = now() - (id % 10800) * interval '1 second'
where id > (select max(id) - 5000 from tickets)`

const seedLarge = `insert into incidents (key, title, started_at, declared_at, created_at, updated_at, measure_due_at, rescore_due_at, plan_due_at)
values ('BENCH-1', 'Payments fail at checkout', now() - interval '3 hours', now(), now(), now(), now(), null, null)`

const seedLargeLinks = `insert into links (incident, ticket, state, confidence, log_odds, evidence, linked_at, changed_at)
select i.id, t.id, case when t.id % 4 = 0 then 'suggested' else 'auto' end, 0.5 + (t.id % 50) / 100.0, 2,
    (select jsonb_agg(jsonb_build_object('kind', 'topic', 'detail', 'what speaks for or against it, in words', 'weight', 0.7)) from generate_series(1, 9)), now(), now()
from incidents i, tickets t where t.id > (select max(id) - 5000 from tickets)`

const seedLargeFollowUps = `insert into follow_ups (incident, key, kind, phase, customer, helpdesk, ticket_id, ticket_ids, severity, plan, organization,
    assignee, group_id, since, due_at, status, reason, created_at)
select l.incident, t.ticket_id, 'first_reply', 0, t.ticket_id, t.helpdesk, t.ticket_id, array[t.ticket_id], '', 'team', '',
    (t.id % 20)::text, '', now(), now(), 'open', 'nobody has answered', now()
from links l join tickets t on t.id = l.ticket`

// The floor reads what one view of the incident shows of its tickets, as a
// person at psql would: how many of each state, and the first of each list.
const bareRows = `with shown as (
    (select l.* from links l where l.incident = (select id from incidents where key = 'BENCH-1') and l.state = 'suggested' order by confidence desc, ticket desc limit 30)
    union all
    (select l.* from links l where l.incident = (select id from incidents where key = 'BENCH-1') and l.state in ('auto', 'confirmed') order by ticket desc limit 20))
select t.ticket_id, t.subject, t.status, t.created_at, s.confidence, s.evidence, n.links
from shown s join tickets t on t.id = s.ticket
cross join (select count(*) as links from links where incident = (select id from incidents where key = 'BENCH-1') and state <> 'dropped') n`
