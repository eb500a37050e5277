-- name: PutChatMessage :batchexec
insert into chat_messages (source, id, incident, author, text, at, url)
values (@source, @id, @incident, @author, @text, @at, @url)
on conflict (source, id) do update
set author = excluded.author, text = excluded.text, url = excluded.url
where (chat_messages.author, chat_messages.text, chat_messages.url) is distinct from (excluded.author, excluded.text, excluded.url);

-- name: ListChatMessages :many
-- What was said of an incident and of those merged into it, oldest first.
with recursive told as (
    select @incident::bigint as id
    union
    select i.id from incidents i join told on i.merged_into = told.id
)
select author, text, at, url from chat_messages
where incident in (select id from told) and text <> '' order by at, id limit @batch;
