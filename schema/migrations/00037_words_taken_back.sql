-- +goose Up

-- Which version of the model scored a link; a word that is taken back is
-- learned from too.
alter table links add column model bigint not null default 0;
create index audit_words on audit (id) where action in ('confirmed', 'rejected', 'undecided', 'undone');
drop index audit_decisions;

-- +goose Down
create index audit_decisions on audit (id) where action in ('confirmed', 'rejected');
drop index audit_words;
alter table links drop column model;
