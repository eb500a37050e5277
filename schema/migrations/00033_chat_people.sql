-- +goose Up

-- A message's deliveries come in any order: an edit may be before what it edits.
alter table chat_messages add column changed_at timestamptz not null default 'epoch'; -- when it was said, edited or deleted

-- The names of people that a chat names by id.
create table chat_people (
    chat        text not null,                 -- by its configured name
    id          text not null,                 -- the chat's own id
    name        text not null default '',      -- '' until it is known, and where the chat knows nobody
    name_due_at timestamptz,                   -- null: it was asked for
    attempts    int not null default 0,
    primary key (chat, id)
);
create index chat_people_due on chat_people (name_due_at) where name_due_at is not null;

-- +goose Down
drop table chat_people;
alter table chat_messages drop column changed_at;
