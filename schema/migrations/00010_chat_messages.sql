-- +goose Up

-- What people said in an incident's chat, for its timeline. A message that was
-- deleted there keeps its row and loses its text and its author.
create table chat_messages (
    source   text not null,                    -- the chat, by its configured name
    id       text not null,                    -- the message's own id there
    incident bigint not null references incidents on delete cascade,
    author   text not null,                    -- the name that the chat shows
    text     text compression lz4 not null,
    at       timestamptz not null,
    url      text not null,                    -- '' where the chat gives none
    primary key (source, id)
);
create index chat_messages_incident on chat_messages (incident, at);

-- +goose Down
drop table chat_messages;
