-- name: LinkChannel :exec
-- A channel that turns to another incident gets a message of its own for it.
insert into chat_channels (chat, channel, incident, linked_by, linked_at, post_due_at)
values (@chat, @channel, @incident, @linked_by, @now, @now::timestamptz)
on conflict (chat, channel) do update
set incident = excluded.incident, linked_by = excluded.linked_by, linked_at = excluded.linked_at,
    post_id = '', post_text = '', posted_at = null, intent_at = null, post_due_at = excluded.post_due_at, attempts = 0, dead_at = null, error = ''
where chat_channels.incident <> excluded.incident;

-- name: ChannelIncident :one
-- The incident that a channel is about, or the one that this was merged into.
with recursive about as (
    select c.incident as id from chat_channels c where c.chat = @chat and c.channel = @channel
    union
    select i.merged_into from incidents i join about on i.id = about.id where i.merged_into is not null
)
select i.* from incidents i join about on i.id = about.id where i.merged_into is null limit 1;

-- name: ReferencedChannel :many
-- The latest open incident whose cross references name a channel's address.
select i.id from incident_references r join incidents i on i.id = r.incident
where r.state = 'linked' and r.kind = 'chat' and i.status = 'open'
  and (right(r.url, length(@suffix::text)) = @suffix or position(@suffix::text || '/' in r.url) > 0)
order by i.id desc limit 1;

-- name: PostChannels :exec
-- The incident's figures changed: what its channels say of them is due.
update chat_channels set post_due_at = coalesce(post_due_at, @now::timestamptz) where incident = @incident;

-- name: ClaimChannelPosts :many
update chat_channels c set post_due_at = @lease, attempts = attempts + 1
from incidents i
where (c.chat, c.channel) in (select d.chat, d.channel from chat_channels d where d.post_due_at <= @now
        order by d.post_due_at limit @batch for update skip locked)
  and i.id = c.incident
returning c.chat, c.channel, c.post_id, c.post_text, c.posted_at, c.intent_at, c.attempts, i.key;

-- name: IntendChannelPost :exec
update chat_channels set intent_at = @now where chat = @chat and channel = @channel;

-- name: FinishChannelPost :exec
update chat_channels set post_due_at = null, post_id = @post_id, post_text = @post_text, posted_at = @now, intent_at = null,
    attempts = case when sqlc.narg('dead_at')::timestamptz is null then 0 else attempts end, dead_at = sqlc.narg('dead_at'), error = @error
where chat = @chat and channel = @channel and post_due_at = @lease;

-- name: LaterChannelPost :exec
update chat_channels set post_due_at = @due_at, attempts = @attempts, error = @error
where chat = @chat and channel = @channel and post_due_at = @lease;
