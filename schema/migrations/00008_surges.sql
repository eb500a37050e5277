-- +goose Up
-- A person's word that a rise of tickets is no incident: it is not told again.
alter table surges add column dismissed_at timestamptz, add column dismissed_by text not null default '';

-- +goose Down
alter table surges drop column dismissed_at, drop column dismissed_by;
