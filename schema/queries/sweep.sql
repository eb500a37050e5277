-- name: Due :many
-- Everything that is due and not done, as (kind, id, name): what the sweep nudges.
(select 'inbox'::text as kind, 0::bigint as id, ''::text as name from inbox b where b.due_at <= @now limit 1)
union all (select 'match', 0, '' from tickets m where m.match_due_at <= @now limit 1)
union all (select 'rescore', i.id, '' from incidents i where i.rescore_due_at <= @now order by i.rescore_due_at limit 200)
union all (select 'learn', 0, '' from audit a where a.id > coalesce((select max(m.audit_id) from models m), 0)
    and a.action in ('confirmed', 'rejected') limit 1)
union all (select 'measure', i.id, '' from incidents i where i.measure_due_at <= @now order by i.measure_due_at limit 200)
union all (select 'plan', i.id, '' from incidents i where i.plan_due_at <= @now order by i.plan_due_at limit 200)
union all (select 'due', 0, '' from follow_ups f where f.remind_due_at <= @now limit 1)
union all (select 'deliver', 0, '' from reminders r where r.due_at <= @now limit 1)
union all (select 'answer', 0, '' from answer_tickets a where a.due_at <= @now limit 1)
union all (select 'oncall', 0, o.name from on_call o where o.due_at <= @now)
union all (select 'writeback', 0, '' from write_backs w where w.due_at <= @now limit 1)
union all (select distinct 'fetch', 0, f.helpdesk from fetches f where f.due_at <= @now)
union all (select distinct 'replies', 0, t.helpdesk from tickets t where t.replies_due_at <= @now)
union all (select 'poll', 0, h.name from helpdesks h where h.poll_due_at <= @now)
union all (select p.kind, 0, '' from periodic p where p.due_at <= @now)
union all (select 'notices', 0, '' from notices n where n.due_at <= @now limit 1);
