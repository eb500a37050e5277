-- +goose Up

-- One incident that was declared twice: which one goes on. It gets no tickets.
alter table incidents add column merged_into bigint references incidents;

-- +goose Down
alter table incidents drop column merged_into;
