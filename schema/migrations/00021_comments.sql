-- +goose Up
-- What customers wrote later on their tickets, for matching; agents' words are not kept.
alter table replies add column body text not null default '';
create index replies_written on replies (ticket) where body <> '';

-- +goose Down
alter table replies drop column body;
