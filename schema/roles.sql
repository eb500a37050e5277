-- Least privilege: the service needs no right to create, change or drop anything.
-- After the first `ticketlink migrate`, as the tables' owner who may make roles:
--
--   psql -v ON_ERROR_STOP=1 -f schema/roles.sql DATABASE
--   create role tl_serve login password '…' in role ticketlink_service;
--
-- The owner      runs ticketlink migrate, at each upgrade; what its migrations
--                create is granted to the service by itself
-- ticketlink_service  reads and writes rows: ticketlink serve
-- ticketlink_reader   reads the views in schema dashboards, which hold no text and
--                no address: Grafana (made by a migration)
--
-- It may be run again.
do $$
begin
    if not exists (select from pg_roles where rolname = 'ticketlink_service') then
        create role ticketlink_service nologin;
    end if;
end $$;

revoke create on schema public from public;
grant usage on schema public to ticketlink_service;
grant select, insert, update, delete on all tables in schema public to ticketlink_service;
grant usage, select on all sequences in schema public to ticketlink_service;
revoke insert, update, delete on goose_db_version from ticketlink_service;

alter default privileges in schema public grant select, insert, update, delete on tables to ticketlink_service;
alter default privileges in schema public grant usage, select on sequences to ticketlink_service;
