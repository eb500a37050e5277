-- name: PutReference :one
-- A person's word: links what was proposed or dismissed before.
insert into incident_references (incident, kind, name, url, title, state, added_by, added_at)
values (@incident, @kind, @name, @url, @title, 'linked', @added_by, @now)
on conflict (incident, name) do update
set kind = excluded.kind, url = coalesce(nullif(excluded.url, ''), incident_references.url), state = 'linked',
    title = coalesce(nullif(excluded.title, ''), incident_references.title),
    added_by = case when incident_references.state = 'linked' then incident_references.added_by else excluded.added_by end,
    added_at = case when incident_references.state = 'linked' then incident_references.added_at else excluded.added_at end
returning *;

-- name: DropReference :one
-- A proposal that was refused is remembered, so that it is not made again.
update incident_references set state = 'dismissed', added_by = @added_by, added_at = @now
where incident = @incident and id = @id and state <> 'dismissed' returning *;

-- name: ListReferences :many
select * from incident_references where incident = @incident and id > @after and state <> 'dismissed'
order by id limit @batch;

-- name: PutNoteReference :batchexec
insert into note_references (ticket, name, kind, url, at) values (@ticket, @name, @kind, @url, @at)
on conflict (ticket, name) do nothing;

-- name: ProposeReferences :exec
-- What the notes of linked tickets name is proposed; what people decided stays.
-- Notes name the incident too, some of them ours.
insert into incident_references (incident, kind, name, url, state, mentions, added_by, added_at)
select l.incident, min(n.kind), n.name, max(n.url), 'proposed', count(*), 'ticketlink', @now
from links l join note_references n on n.ticket = l.ticket
where l.incident = @incident and l.state in ('auto', 'confirmed')
  and not exists (select 1 from incidents i where i.key = n.name or i.external_url = n.url and n.url <> '')
group by l.incident, n.name
on conflict (incident, name) do update set mentions = excluded.mentions
where incident_references.mentions <> excluded.mentions;
