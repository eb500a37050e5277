-- +goose Up

-- Which incident a chat's channel is about, and the one message there that
-- tells its impact and is edited in place.
create table chat_channels (
    chat        text not null,                 -- by its configured name
    channel     text not null,                 -- the chat's own id
    incident    bigint not null references incidents on delete cascade,
    linked_by   text not null,
    linked_at   timestamptz not null,
    post_id     text not null default '',      -- '' until it is posted
    post_text   text not null default '',
    posted_at   timestamptz,
    intent_at   timestamptz,                   -- set before it is posted: the outcome may be unknown
    post_due_at timestamptz,
    attempts    int not null default 0,
    error       text not null default '',
    primary key (chat, channel)
);
create index chat_channels_incident on chat_channels (incident);
create index chat_channels_due on chat_channels (post_due_at) where post_due_at is not null;

-- +goose Down
drop table chat_channels;
