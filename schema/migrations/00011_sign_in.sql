-- +goose Up

-- Sign-ins under way at an identity provider. Each is good once.
create table sign_ins (
    state      bytea primary key,               -- hash of what the browser holds
    nonce      text not null,
    verifier   text not null,
    next       text not null,                   -- where to go afterwards
    expires_at timestamptz not null
);
create index sign_ins_expires on sign_ins (expires_at);

-- Who a session is, at the provider that said so.
alter table sessions
    add column issuer  text not null default '',
    add column subject text not null default '';

-- A person gave it to the assignee: planning leaves that alone.
alter table follow_ups add column assigned_by text not null default '';

-- Requests a minute as the helpdesk last told them; null where it tells nothing.
alter table helpdesks
    add column rate_limit int,
    add column rate_left  int,
    add column rate_at    timestamptz;

-- +goose Down
alter table helpdesks drop column rate_limit, drop column rate_left, drop column rate_at;
alter table follow_ups drop column assigned_by;
alter table sessions drop column issuer, drop column subject;
drop table sign_ins;
