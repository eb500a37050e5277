-- name: ClaimMatch :many
update tickets t set match_due_at = @lease
where t.id in (select id from tickets c where c.match_due_at <= @now
    order by c.match_due_at limit @batch for update skip locked)
returning t.id;

-- name: FinishMatch :exec
update tickets set match_due_at = null where id = any(@ids::bigint[]) and match_due_at = @lease;

-- name: CorpusChanges :many
-- What the matcher needs of each ticket changed since, oldest change first. The
-- sum hides a condition from the planner, which takes the two for independent,
-- expects few rows, and would sort a month's tickets for each batch.
select t.id, t.created_at, t.changed_at, t.subject, t.description, t.words, t.language, t.status, t.tags,
       t.organization_id, t.form_id, t.type, t.channel, coalesce(p.locale, '')::text as locale,
       coalesce(o.fields ->> @region_field::text, p.fields ->> 'region', '')::text as region,
       (t.type = 'problem' and p.role is distinct from 'end-user' or t.requester_id like 'erased-%')::boolean as left_out,
       coalesce((select jsonb_agg(jsonb_build_object('At', r.at, 'Text', r.body) order by r.at, r.reply_id) from replies r
           where r.ticket = t.id and r.body <> '' and r.public), '[]')::jsonb as comments
from tickets t
left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
left join people p on p.helpdesk = t.helpdesk and p.id = t.requester_id
where (t.changed_at, t.id) > (@since, @after::bigint) and t.created_at + interval '0' >= @created_since::timestamptz
order by t.changed_at, t.id limit @batch;

-- name: ClaimRescore :one
update incidents set rescore_due_at = @lease where id = @id and rescore_due_at <= @now returning *;

-- name: FinishRescore :exec
-- Not cleared when something asked for another re-score meanwhile.
update incidents set rescore_due_at = case when rescore_due_at = @lease then null else rescore_due_at end,
    measure_due_at = case when @changed::boolean then coalesce(measure_due_at, @now) else measure_due_at end,
    plan_due_at = case when @changed then @now else plan_due_at end
where id = @id;

-- name: LockActive :exec
-- Everything that the next statements touch, in the order that everybody locks in.
select count(*) from (select i.id from incidents i
    where i.status = 'open' or i.resolved_at >= @since or i.id = any(@ids::bigint[]) order by i.id for update) l;

-- name: RescoreActive :exec
-- Tickets came: every incident that they may belong to is looked at again soon.
update incidents set rescore_due_at = least(coalesce(rescore_due_at, @due_at), @due_at)
where id in (select i.id from incidents i
    where (i.status = 'open' or i.resolved_at >= @since) and (i.rescore_due_at is null or i.rescore_due_at > @due_at)
    order by i.id for update);

-- name: RescoreSoon :exec
update incidents set rescore_due_at = least(coalesce(rescore_due_at, @due_at), @due_at)
where id in (select i.id from incidents i where i.id = any(@ids::bigint[]) order by i.id for update);

-- name: LinksOf :many
-- What is linked, but for the tickets of erased people: their links stay as they are.
select l.ticket, l.state, l.confidence, l.decided_at, l.model from links l join tickets t on t.id = l.ticket
where l.incident = @incident and t.requester_id not like 'erased-%';

-- name: Decisions :many
-- A person's word, of all incidents that compete.
select incident, ticket, state, decided_at from links
where decided_at is not null and incident = any(@incidents::bigint[]) order by incident, ticket;

-- name: CountDecisions :one
select count(*) from (select 1 from links where decided_at is not null limit @enough) d;

-- name: PutLink :batchexec
-- The machine's word never overrides a person's.
insert into links (incident, ticket, state, confidence, log_odds, uncalibrated, evidence, engine, model, linked_at, changed_at)
values (@incident, @ticket, @state, @confidence, @log_odds, @uncalibrated, @evidence, @engine, @model, @now, @now)
on conflict (incident, ticket) do update
set state = excluded.state, confidence = excluded.confidence, log_odds = excluded.log_odds,
    uncalibrated = excluded.uncalibrated, evidence = excluded.evidence, engine = excluded.engine, model = excluded.model, changed_at = excluded.changed_at,
    linked_at = case when links.state = 'dropped' then excluded.linked_at else links.linked_at end
where links.decided_at is null;

-- name: ListLinks :many
select l.ticket as cursor, t.helpdesk, t.ticket_id, t.subject, t.status, t.requester_id, t.organization_id, t.created_at,
       t.first_reply_at, l.state, l.confidence, l.log_odds, l.evidence, l.engine, l.model, l.linked_at, l.decided_by, l.decided_at
from links l join tickets t on t.id = l.ticket
where l.incident = @incident and l.state <> 'dropped' and l.ticket > @after
  and (@state::text = '' or l.state = @state)
order by l.ticket limit @batch;

-- name: LinksOfTicket :many
select i.key, i.title, i.status, l.state, l.confidence, l.log_odds, l.evidence, l.engine, l.linked_at, l.decided_by, l.decided_at
from links l join incidents i on i.id = l.incident
where l.ticket = @ticket and l.state <> 'dropped' order by l.confidence desc, i.id;

-- name: PutWriteBack :batchexec
-- Asks for a tag or a note; nothing happens when the helpdesk has it already.
insert into write_backs (incident, ticket, kind, wanted, due_at)
values (@incident, @ticket, @kind, @wanted, @now)
on conflict (incident, ticket, kind) do update
set wanted = excluded.wanted, attempts = 0, error = '',
    due_at = case when write_backs.written = excluded.wanted then null else excluded.due_at end
where write_backs.wanted <> excluded.wanted;

-- name: UnwantTags :exec
-- Takes back tags that were asked for, whether or not they are written yet.
update write_backs set wanted = false, due_at = @now, attempts = 0
where incident = @incident and ticket = any(@tickets::bigint[]) and kind in ('tag', 'problem') and wanted;

-- name: LookUpReplies :exec
update tickets set replies_due_at = coalesce(replies_due_at, @now)
where id in (select t.id from tickets t where t.id = any(@tickets::bigint[])
    order by t.helpdesk collate "C", t.ticket_id collate "C" for no key update);

-- name: ClaimWriteBacks :many
update write_backs w set due_at = @lease, attempts = attempts + 1
from links l, tickets t, incidents i
where (w.incident, w.ticket, w.kind) in (
        select incident, ticket, kind from write_backs c where c.due_at <= @now
        order by c.due_at limit @batch for update skip locked)
  and l.incident = w.incident and l.ticket = w.ticket and t.id = w.ticket and i.id = w.incident
returning w.incident, w.ticket, w.kind, w.wanted, w.attempts, w.intent_at, l.state, l.confidence, l.evidence,
    l.decided_by, t.helpdesk, t.ticket_id, t.status, i.key, i.title, i.external_url;

-- name: IntendWriteBack :exec
update write_backs set intent_at = @now where incident = @incident and ticket = @ticket and kind = @kind;

-- name: FinishWriteBack :exec
update write_backs set due_at = null, written = @written, done_at = @now, dead_at = @dead_at, intent_at = null, error = @error
where incident = @incident and ticket = @ticket and kind = @kind and due_at = @lease;

-- name: RetryWriteBack :exec
update write_backs set due_at = @due_at, error = @error
where incident = @incident and ticket = @ticket and kind = @kind and due_at = @lease;

-- name: LinksChanged :exec
-- Impact and follow-ups of the incidents that these tickets are linked to are due again.
update incidents set measure_due_at = coalesce(measure_due_at, @now), plan_due_at = @now
where id in (select i.id from incidents i
    where i.id in (select l.incident from links l where l.ticket = any(@tickets::bigint[]) and l.state <> 'dropped')
    order by i.id for update);

-- name: IncidentsOfTickets :many
select distinct incident from links where ticket = any(@tickets::bigint[]) and state <> 'dropped';

-- name: IncidentsBetween :many
select * from incidents
where started_at <= @until_time and (resolved_at is null or resolved_at >= @from_time) and merged_into is null order by id;

-- name: TicketsToMatch :many
select t.id, t.created_at, t.changed_at, t.subject, t.description, t.words, t.language, t.status, t.tags,
       t.organization_id, t.form_id, t.type, t.channel, coalesce(p.locale, '')::text as locale,
       coalesce(o.fields ->> @region_field::text, p.fields ->> 'region', '')::text as region,
       (t.type = 'problem' and p.role is distinct from 'end-user' or t.requester_id like 'erased-%')::boolean as left_out,
       coalesce((select jsonb_agg(jsonb_build_object('At', r.at, 'Text', r.body) order by r.at, r.reply_id) from replies r
           where r.ticket = t.id and r.body <> '' and r.public), '[]')::jsonb as comments
from tickets t
left join organizations o on o.helpdesk = t.helpdesk and o.id = t.organization_id
left join people p on p.helpdesk = t.helpdesk and p.id = t.requester_id
where t.id = any(@ids::bigint[]) and t.status <> 'deleted' order by t.id;
