-- name: Due :many
-- Everything that is due and not done, as (kind, id, name): what the sweep nudges.
(select 'inbox'::text as kind, 0::bigint as id, ''::text as name from inbox b where b.due_at <= @now limit 1)
union all (select 'match', 0, '' from tickets m where m.match_due_at <= @now limit 1)
union all (select 'problems', 0, '' from tickets t where t.problem_due_at <= @now limit 1)
union all (select 'rescore', i.id, '' from incidents i where i.rescore_due_at <= @now order by i.rescore_due_at limit 200)
union all (select 'learn', 0, '' from audit a where a.learn_due
    and a.action in ('confirmed', 'rejected', 'undecided', 'undone') limit 1)
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
union all (select 'channels', 0, '' from chat_channels c where c.post_due_at <= @now limit 1)
union all (select 'names', 0, '' from chat_people c where c.name_due_at <= @now limit 1)
union all (select 'notices', 0, '' from notices n where n.due_at <= @now limit 1);

-- name: GiveBack :exec
-- Whatever one claim still holds is due at once: its process stops. An attempt
-- that was cut short does not count.
with held as (
    select t.id from tickets t where t.match_due_at = @lease or t.problem_due_at = @lease or t.replies_due_at = @lease
    order by t.helpdesk collate "C", t.ticket_id collate "C" for no key update
), given_tickets as (
    update tickets k set match_due_at = case when k.match_due_at = @lease then @now else k.match_due_at end,
        problem_due_at = case when k.problem_due_at = @lease then @now else k.problem_due_at end,
        replies_due_at = case when k.replies_due_at = @lease then @now else k.replies_due_at end
    where k.id in (select h.id from held h)
), given_incidents as (update incidents i set rescore_due_at = @now where i.rescore_due_at = @lease
), given_fetches as (update fetches f set due_at = @now, attempts = f.attempts - 1 where f.due_at = @lease
), given_write_backs as (update write_backs b set due_at = @now, attempts = b.attempts - 1 where b.due_at = @lease
), given_answers as (update answer_tickets a set due_at = @now, attempts = a.attempts - 1 where a.due_at = @lease
), given_posts as (update chat_channels c set post_due_at = @now, attempts = c.attempts - 1 where c.post_due_at = @lease
), given_names as (update chat_people p set name_due_at = @now, attempts = p.attempts - 1 where p.name_due_at = @lease
), given_notices as (update notices n set due_at = @now, attempts = n.attempts - 1 where n.due_at = @lease)
update reminders r set due_at = @now, attempts = r.attempts - 1 where r.due_at = @lease;
