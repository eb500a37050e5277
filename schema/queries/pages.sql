-- name: PageIncidents :many
-- Open ones and those resolved since, the latest start first.
select * from incidents where status = 'open' or resolved_at >= @since
order by status, started_at desc, id desc limit @batch;

-- name: DueFollowUps :many
-- Open follow-ups whose time has come. Whether they are overdue is the policy's word.
select i.key as incident_key, f.assignee, f.severity, f.plan, f.organization, f.due_at, f.snoozed_until
from follow_ups f join incidents i on i.id = f.incident
where f.status = 'open' and f.due_at <= @now and (f.snoozed_until is null or f.snoozed_until <= @now)
  and (@incident_key::text = '' or i.key = @incident_key);

-- name: LinkedSince :many
-- Linked tickets of several incidents in quarters of an hour. The offset keeps
-- the planner from reading every ticket since then instead of the linked ones.
select l.incident, floor(extract(epoch from t.created_at - @since::timestamptz) / 900)::int as bin, count(*)::int as tickets
from links l cross join lateral (select created_at, status from tickets where id = l.ticket offset 0) t
where l.incident = any(@incidents::bigint[]) and l.state in ('auto', 'confirmed')
  and t.created_at >= @since and t.status <> 'deleted'
group by 1, 2 order by 1, 2;

-- name: LastAlerts :many
select source, max(greatest(starts_at, ends_at))::timestamptz as at from incident_alerts group by source;

-- name: CountLinks :many
select state, count(*)::int as links from links where incident = @incident and state <> 'dropped' group by state;

-- name: PageLinks :many
-- Suggestions: the most likely first. The others: the newest ticket first. The
-- page is chosen before anything wide is read.
with chosen as materialized (
    select l.ticket, (case when @by_confidence::boolean then l.confidence else l.ticket end)::float8 as rank
    from links l
    where l.incident = @incident and l.state = any(@states::text[]) and l.confidence >= @least
      and ((case when @by_confidence then l.confidence else l.ticket end)::float8, l.ticket) < (@rank::float8, @after::bigint)
      and (@words::text = '' or (
          select position(lower(@words) in lower(t.subject || ' ' || coalesce(o.name, '') || ' ' || array_to_string(t.tags, ' ')))
          from tickets t left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
          where t.id = l.ticket) > 0)
    order by 2 desc, 1 desc limit @batch)
select l.ticket, c.rank, t.helpdesk, t.ticket_id, t.subject, t.tags, t.status, t.created_at, t.first_reply_at,
       coalesce(o.name, '')::text as organization,
       l.state, l.confidence, l.evidence, l.decided_by, l.decided_at
from chosen c join links l on l.incident = @incident and l.ticket = c.ticket join tickets t on t.id = c.ticket
left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
order by c.rank desc, c.ticket desc;

-- name: MatchingLinks :many
-- The tickets of a list that a filter lets through.
select l.ticket from links l
where l.incident = @incident and l.state = any(@states::text[]) and l.confidence >= @least
  and (@words::text = '' or (
          select position(lower(@words) in lower(t.subject || ' ' || coalesce(o.name, '') || ' ' || array_to_string(t.tags, ' ')))
          from tickets t left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
          where t.id = l.ticket) > 0)
order by l.ticket;

-- name: LiveState :many
-- One line for each incident that still changes: equal lines, equal pages.
select i.key, concat_ws(' ', i.version, extract(epoch from i.measured_at), f.open, f.due, f.stages,
                        extract(epoch from f.ended), extract(epoch from f.snoozed))::text as stamp
from incidents i
left join lateral (
    select count(*) filter (where status = 'open') as open, sum(stage) as stages,
           count(*) filter (where status = 'open' and due_at <= @now::timestamptz) as due,
           max(ended_at) as ended, max(snoozed_until) as snoozed
    from follow_ups where incident = i.id) f on true
where i.status = 'open' or i.measured_at >= @since or i.updated_at >= @since
order by i.key;

-- name: Agents :many
-- Agents whose follow-ups are open, by name.
select p.helpdesk, p.id, p.name, p.email from people p
where p.role in ('agent', 'admin') and exists (
    select 1 from follow_ups f where f.status = 'open' and f.helpdesk = p.helpdesk and f.assignee = p.id)
order by p.name, p.id;

-- name: AgentByEmail :many
select helpdesk, id, name from people where email = @email and email <> '' and role in ('agent', 'admin') order by helpdesk limit 1;

-- name: PeopleByID :many
select helpdesk, id, name from people where id = any(@ids::text[]);

-- name: PageFollowUps :many
-- Open follow-ups, the earliest due first. Those of a team are the ones in the
-- groups that hold any of the agent's.
select sqlc.embed(f), i.key as incident_key, i.title as incident_title
from follow_ups f join incidents i on i.id = f.incident
where f.status = 'open' and (f.due_at, f.id) > (@due::timestamptz, @after::bigint)
  and (@incident_key::text = '' or i.key = @incident_key)
  and (@agent::text = '' or f.assignee = @agent)
  and (@team_of::text = '' or f.group_id in (select g.group_id from follow_ups g where g.assignee = @team_of and g.group_id <> ''))
  and (@due_only::boolean = false or f.due_at <= @now and (f.snoozed_until is null or f.snoozed_until <= @now))
order by f.due_at, f.id limit @batch;

-- name: IncidentFollowUps :many
-- Of each agent's open ones, the first to come due, and how many there are.
select sqlc.embed(f), i.key as incident_key, i.title as incident_title, k.open
from (select id, assignee, (count(*) over (partition by assignee))::int as open,
             row_number() over (partition by assignee order by due_at, id) as n
      from follow_ups o where o.incident = @incident and o.status = 'open') k
join follow_ups f on f.id = k.id join incidents i on i.id = f.incident
where k.n <= @of_each::int
order by f.assignee, f.due_at, f.id limit @batch;

-- name: CountFollowUps :many
select status, count(*)::int as follow_ups from follow_ups where incident = @incident group by status;

-- name: TicketNames :many
select id, helpdesk, ticket_id, subject, tags, created_at from tickets where id = any(@ids::bigint[]) order by created_at, id;
