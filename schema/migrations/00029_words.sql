-- +goose Up

-- What matching keeps of a text that is not to be stored: keyed hashes of its
-- words, and its language.
alter table tickets add column words bigint[] not null default '{}', add column language text not null default '';

-- +goose Down
alter table tickets drop column words, drop column language;
