-- +goose Up

-- Metrics tell due from overdue without reading the rows of follow-ups.
create index follow_ups_open_of on follow_ups (incident)
    include (severity, plan, organization, due_at, snoozed_until) where status = 'open';

-- +goose Down
drop index follow_ups_open_of;
