-- +goose Up

-- Whose tickets are whose: for erasing, exporting and purging people.
create index tickets_requester on tickets (helpdesk, requester_id);

-- +goose Down
drop index tickets_requester;
