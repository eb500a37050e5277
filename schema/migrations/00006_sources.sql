-- +goose Up

-- An alert may be heard of before its incident is: its end came first.
alter table incident_alerts alter column incident drop not null;
-- When its source last said something of it: an older word changes nothing.
alter table incident_alerts add column told_at timestamptz not null default 'epoch';
create index incidents_external_url on incidents (external_url) where external_url <> '';

-- +goose Down
drop index incidents_external_url;
alter table incident_alerts drop column told_at;
delete from incident_alerts where incident is null;
alter table incident_alerts alter column incident set not null;
