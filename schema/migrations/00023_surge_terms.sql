-- +goose Up
-- What else the tickets of a surge share, and the tag that all of it goes with:
-- one rise is told once, however its tickets are worded.
alter table surges add column theme text not null default '', add column also text[] not null default '{}';

-- +goose Down
alter table surges drop column theme, drop column also;
