-- name: PutChatMessage :batchexec
-- What was said or changed later wins, in whatever order it comes.
insert into chat_messages (source, id, incident, author, text, at, changed_at, url)
values (@source, @id, @incident, @author, @text, @at, @changed_at, @url)
on conflict (source, id) do update
set author = excluded.author, text = excluded.text, changed_at = excluded.changed_at, url = excluded.url
where chat_messages.changed_at <= excluded.changed_at
  and (chat_messages.author, chat_messages.text, chat_messages.url) is distinct from (excluded.author, excluded.text, excluded.url);

-- name: ListChatMessages :many
-- What was said of an incident and of those merged into it, oldest first.
with recursive told as (
    select @incident::bigint as id
    union
    select i.id from incidents i join told on i.merged_into = told.id
)
select source, author, text, at, url from chat_messages
where incident in (select id from told) and text <> '' order by at, id limit @batch;

-- name: MeetChatPerson :batchexec
insert into chat_people (chat, id, name_due_at) values (@chat, @id, @now::timestamptz) on conflict do nothing;

-- name: ClaimChatPeople :many
update chat_people p set name_due_at = @lease, attempts = attempts + 1
where (p.chat, p.id) in (select d.chat, d.id from chat_people d where d.name_due_at <= @now
    order by d.name_due_at limit @batch for update skip locked)
returning p.chat, p.id, p.attempts;

-- name: NameChatPerson :exec
-- The time of the next try is null once the name is known or will never be.
update chat_people set name = @name, name_due_at = @due_at where chat = @chat and id = @id and name_due_at = @lease;

-- name: ListChatPeople :many
select chat, id, name from chat_people where name <> '';
