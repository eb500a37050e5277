-- name: InsertInbox :exec
-- One statement for a whole group of webhooks; repeats change nothing.
insert into inbox (source, dedup_key, received_at, body, due_at)
select unnest(@sources::text[]), unnest(@dedup_keys::text[]), @now, unnest(@bodies::bytea[]), @now
on conflict (source, dedup_key) do nothing;

-- name: ClaimInbox :many
select id, source, received_at, body, attempts from inbox
where due_at <= @now
order by due_at, id limit @batch for update skip locked;

-- name: FinishInbox :exec
update inbox set processed_at = @now, due_at = null, body = '', error = '' where id = any(@ids::bigint[]);

-- name: RetryInbox :exec
update inbox set attempts = attempts + 1, due_at = @due_at, error = @error where id = @id;

-- name: KillInbox :exec
update inbox set attempts = attempts + 1, due_at = null, dead_at = @now, error = @error where id = @id;

-- name: InboxState :one
select count(*) as pending,
       coalesce(min(received_at), '0001-01-01 00:00:00Z')::timestamptz as oldest
from inbox where due_at is not null;

-- name: PurgeInbox :execrows
-- An incident source's keys outlive the rest: they are what a captured delivery
-- without a signed time is known by. A key that begins with its minute proves
-- nothing later (integrations.RepeatKey).
delete from inbox where id in (
    select i.id from inbox i where i.received_at < @before and i.due_at is null
      and (i.dead_at is null or i.dead_at < @dead_before)
      and (i.received_at < @keys_before or i.dedup_key ~ '^[0-9]{12}-' or i.source <> all(@sources::text[]))
    limit @batch for update skip locked);

-- name: UpsertOrganization :batchexec
insert into organizations (helpdesk, id, name, tags, fields, updated_at)
values (@helpdesk, @id, @name, @tags, @fields, @updated_at)
on conflict (helpdesk, id) do update
set name = excluded.name, tags = excluded.tags, fields = excluded.fields, updated_at = excluded.updated_at
where organizations.updated_at <= excluded.updated_at;

-- name: UpsertPerson :batchexec
insert into people (helpdesk, id, name, email, role, locale, organization_id, fields, updated_at)
values (@helpdesk, @id, @name, @email, @role, @locale, @organization_id, @fields, @updated_at)
on conflict (helpdesk, id) do update
set name = excluded.name, email = excluded.email, role = excluded.role, locale = excluded.locale,
    organization_id = excluded.organization_id, fields = excluded.fields, updated_at = excluded.updated_at
where people.updated_at <= excluded.updated_at;

-- name: UpsertTicket :batchmany
-- Newer wins. Events carry a stamp to the nanosecond and must be strictly
-- newer; the export (complete) has whole seconds, knows more than an event of
-- the same second, and wins it. What events do not tell is kept. A scrubbed
-- ticket loses its text. Matching is due again only when something changed
-- that matching looks at. No row comes back when nothing was newer.
insert into tickets as t (helpdesk, ticket_id, subject, description, status, priority, type, channel, tags,
    requester_id, organization_id, assignee_id, group_id, form_id, problem_id, satisfaction, merged_into,
    spent_seconds, requester_wait_seconds, resolution_seconds, fields, words, language, created_at, updated_at, stamp, seen_at, changed_at, match_due_at)
values (@helpdesk, @ticket_id, @subject, @description, @status, @priority, @type, @channel, @tags,
    @requester_id, @organization_id, @assignee_id, @group_id, @form_id, @problem_id, @satisfaction, @merged_into,
    @spent_seconds, @requester_wait_seconds, @resolution_seconds, @fields, @words, @language, @created_at, @updated_at, @stamp, @now, @now, @now)
on conflict (helpdesk, ticket_id) do update
set subject = excluded.subject, description = excluded.description, words = excluded.words, language = excluded.language, status = excluded.status, tags = excluded.tags,
    priority = case when @complete::boolean or excluded.priority <> '' then excluded.priority else t.priority end,
    type = case when @complete or excluded.type <> '' then excluded.type else t.type end,
    channel = case when @complete or excluded.channel <> '' then excluded.channel else t.channel end,
    requester_id = case when @complete or excluded.requester_id <> '' then excluded.requester_id else t.requester_id end,
    organization_id = case when @complete or excluded.organization_id <> '' then excluded.organization_id else t.organization_id end,
    assignee_id = case when @complete or excluded.assignee_id <> '' then excluded.assignee_id else t.assignee_id end,
    group_id = case when @complete or excluded.group_id <> '' then excluded.group_id else t.group_id end,
    form_id = case when @complete or excluded.form_id <> '' then excluded.form_id else t.form_id end,
    problem_id = case when @complete then excluded.problem_id else t.problem_id end,
    satisfaction = coalesce(nullif(excluded.satisfaction, ''), t.satisfaction),
    merged_into = coalesce(nullif(excluded.merged_into, ''), t.merged_into),
    spent_seconds = coalesce(excluded.spent_seconds, t.spent_seconds),
    requester_wait_seconds = coalesce(excluded.requester_wait_seconds, t.requester_wait_seconds),
    resolution_seconds = coalesce(excluded.resolution_seconds, t.resolution_seconds),
    fields = case when @complete then excluded.fields else t.fields end,
    created_at = excluded.created_at, updated_at = greatest(excluded.updated_at, t.updated_at),
    stamp = excluded.stamp, changed_at = excluded.changed_at,
    match_due_at = case
        when (t.subject, t.description, t.words, t.tags, t.organization_id, t.form_id, t.requester_id, t.status = 'deleted')
            is distinct from (excluded.subject, excluded.description, excluded.words, excluded.tags, excluded.organization_id,
                excluded.form_id, excluded.requester_id, excluded.status = 'deleted')
        then excluded.changed_at else t.match_due_at end
where excluded.stamp > t.stamp
   or (@complete and excluded.stamp >= date_trunc('second', t.stamp)
       and (t.subject, t.description, t.words, t.status, t.priority, t.type, t.channel, t.tags, t.requester_id, t.organization_id,
            t.assignee_id, t.group_id, t.form_id, t.problem_id, t.satisfaction,
            t.spent_seconds, t.requester_wait_seconds, t.resolution_seconds, t.fields)
           is distinct from (excluded.subject, excluded.description, excluded.words, excluded.status, excluded.priority, excluded.type,
            excluded.channel, excluded.tags, excluded.requester_id, excluded.organization_id, excluded.assignee_id,
            excluded.group_id, excluded.form_id, excluded.problem_id,
            coalesce(nullif(excluded.satisfaction, ''), t.satisfaction), coalesce(excluded.spent_seconds, t.spent_seconds),
            coalesce(excluded.requester_wait_seconds, t.requester_wait_seconds),
            coalesce(excluded.resolution_seconds, t.resolution_seconds), excluded.fields))
returning t.id;

-- name: TicketsChanged :exec
-- What hangs on changed tickets: replies to look up, impact to measure, follow-ups to plan.
with touched as (
    select incident, ticket from links where ticket = any(@ids::bigint[]) and state in ('suggested', 'auto', 'confirmed')
), asked as (
    update tickets set replies_due_at = @now where id in (select ticket from touched)
)
update incidents set measure_due_at = coalesce(measure_due_at, @now), plan_due_at = @now
where id in (select i.id from incidents i where i.id in (select incident from touched) order by i.id for update);

-- name: ForgetDeleted :exec
-- What hangs on deleted tickets and may repeat their words. After incidents are locked.
with gone as (select id from tickets where id = any(@ids::bigint[]) and status = 'deleted'),
     mentioned as (delete from note_references where ticket in (select id from gone)),
     written as (update replies set body = '' where ticket in (select id from gone) and body <> '')
update links set evidence = '[]' where ticket in (select id from gone) and evidence <> '[]';

-- name: DeleteTickets :many
-- Tickets that the helpdesk knows no more, if it is one that answers: a wrong
-- address knows no ticket at all. The export brings back what was not deleted after all.
update tickets set status = 'deleted', subject = '', description = '', words = '{}', changed_at = @now, match_due_at = @now
where id in (select t.id from tickets t where t.helpdesk = @helpdesk and t.ticket_id = any(@ticket_ids::text[])
        and exists (select 1 from helpdesks h where h.name = t.helpdesk and h.failures = 0)
        and (t.status, t.subject, t.description, t.words) is distinct from ('deleted', '', '', '{}'::bigint[])
    order by t.ticket_id collate "C" for no key update)
returning id;

-- name: Locales :many
select id, locale from people where helpdesk = @helpdesk and id = any(@ids::text[]) and locale <> '';

-- name: TicketsWithText :many
-- Stored while text was kept; locked.
select t.id, t.subject, t.description, coalesce(p.locale, '')::text as locale
from tickets t left join people p on p.helpdesk = t.helpdesk and p.id = t.requester_id
where t.id > @after and t.changed_at >= @since and (t.subject <> '' or t.description <> '')
order by t.id limit @batch for no key update of t;

-- name: HideText :batchexec
-- Its words stay, hashed; reasons for its links that quote words quote none any more.
with hidden as (update tickets set subject = '', description = '', words = @words, language = @language where id = @id),
     written as (update replies r set body = '' where r.ticket = @id)
update links set evidence = coalesce((select jsonb_agg(case when e ->> 'kind' in ('text', 'topic', 'similar')
        then jsonb_set(e, '{detail}', '"other words"') else e end order by n) from jsonb_array_elements(evidence) with ordinality x(e, n)), '[]')
where links.ticket = @id;

-- name: HideSurgeWords :exec
-- Words that only customers used, in what was told of rises of tickets.
with told as (delete from notices where key like 'surge/%' and due_at is null)
update surges set term = case when kind = 'word' and term not like '#%' then '' else term end, also = '{}'
where kind = 'word' and term not like '#%' and term <> '' or exists (select from unnest(also) word where word not like '#%');

-- name: TicketByID :one
select * from tickets where helpdesk = @helpdesk and ticket_id = @ticket_id;

-- name: InsertReply :batchexec
-- What a customer wrote after the first message makes the ticket due for matching.
with put as (
    insert into replies (ticket, reply_id, author_id, agent, public, at, body)
    select t.id, @reply_id::text, @author_id::text, @agent::boolean, @public::boolean, @at::timestamptz,
        case when @at > t.created_at + interval '1 second' and t.status <> 'deleted' and t.requester_id not like 'erased-%' then @body::text else '' end
    from tickets t where t.id = @ticket
    on conflict (ticket, reply_id) do update set public = excluded.public, agent = excluded.agent, body = excluded.body
        where (replies.public, replies.agent, replies.body) is distinct from (excluded.public, excluded.agent, excluded.body)
    returning ticket, body)
update tickets t set changed_at = @now, match_due_at = @now
from put where t.id = put.ticket and put.body <> '';

-- name: RedactReply :batchexec
-- What is stored of a comment goes; reasons that quote words quote none any more,
-- and what notes mention is found anew: the comments are looked up again.
with k as (select t.id from tickets t where t.helpdesk = @helpdesk and t.ticket_id = @ticket_id),
     wiped as (update replies r set body = '' from k where r.ticket = k.id and r.reply_id = @reply_id::text),
     mentioned as (delete from note_references n using k where n.ticket = k.id),
     said as (update links l set evidence = coalesce((select jsonb_agg(case when e ->> 'kind' in ('text', 'topic', 'similar')
             then jsonb_set(e, '{detail}', '"other words"') else e end order by x.n) from jsonb_array_elements(l.evidence) with ordinality x(e, n)), '[]')
         from k where l.ticket = k.id)
update tickets t set match_due_at = @now, replies_due_at = @now from k where t.id = k.id;

-- name: RepliesKnown :exec
update tickets t set first_reply_at = r.first, last_reply_at = r.last
from (select k.id, min(at) filter (where agent and public) as first, max(at) filter (where agent and public) as last
      from unnest(@ids::bigint[]) as k(id) left join replies on replies.ticket = k.id group by k.id) r
where t.id = r.id and (t.first_reply_at, t.last_reply_at) is distinct from (r.first, r.last);

-- name: QueueFetch :batchexec
insert into fetches (helpdesk, ticket_id, due_at) values (@helpdesk, @ticket_id, @now)
on conflict (helpdesk, ticket_id) do update set due_at = least(fetches.due_at, excluded.due_at);

-- name: ClaimFetches :many
update fetches f set due_at = @lease, attempts = attempts + 1
where (f.helpdesk, f.ticket_id) in (
    select helpdesk, ticket_id from fetches c where c.helpdesk = @helpdesk and c.due_at <= @now
    order by c.due_at limit @batch for update skip locked)
returning f.ticket_id, f.attempts;

-- name: FinishFetches :exec
delete from fetches where helpdesk = @helpdesk and ticket_id = any(@ticket_ids::text[]);

-- name: RetryFetches :exec
update fetches set due_at = @due_at, error = @error
where helpdesk = @helpdesk and ticket_id = any(@ticket_ids::text[]);

-- name: ClaimReplies :many
update tickets t set replies_due_at = @lease
where t.id in (select id from tickets c where c.helpdesk = @helpdesk and c.replies_due_at <= @now
    order by c.replies_due_at limit @batch for update skip locked)
returning t.id, t.ticket_id;

-- name: FinishReplies :exec
update tickets set replies_due_at = null where id = @id and replies_due_at = @lease;

-- name: RetryReplies :exec
update tickets set replies_due_at = @due_at where id = @id and replies_due_at = @lease;

-- name: TicketRows :many
select id, ticket_id from tickets where helpdesk = @helpdesk and ticket_id = any(@ticket_ids::text[]) order by id;

-- name: PurgeTickets :execrows
-- None was created after its last change: that reads the old end of an index,
-- not the whole table.
delete from tickets where id in (
    select t.id from tickets t
    where t.created_at < @before and t.status in ('closed', 'deleted') and t.updated_at < @before
      and not exists (select 1 from links l where l.ticket = t.id and l.state <> 'dropped')
    order by t.created_at limit @batch for update skip locked);
