-- +goose Up

-- What is to be learned from is marked: of two who decide at once, the one who
-- is done later may have the smaller id.
alter table audit add column learn_due boolean not null default true;
update audit set learn_due = false
where id <= (select max(audit_id) from models) and action in ('confirmed', 'rejected', 'undecided', 'undone');
create index audit_learn_due on audit (id) where learn_due and action in ('confirmed', 'rejected', 'undecided', 'undone');
drop index audit_words;

-- +goose Down
create index audit_words on audit (id) where action in ('confirmed', 'rejected', 'undecided', 'undone');
drop index audit_learn_due;
alter table audit drop column learn_due;
