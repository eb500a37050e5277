-- +goose Up

-- People who are signed in. The cookie's value is kept as its hash only.
create table sessions (
    hash       bytea primary key,
    name       text not null,                  -- as the audit log names them
    email      text not null default '',       -- finds the helpdesk's agent
    role       text not null check (role in ('viewer', 'agent', 'admin')),
    token      text not null default '',       -- the API token that was given; '' for OpenID Connect
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index sessions_expires on sessions (expires_at);

-- +goose Down
drop table sessions;
