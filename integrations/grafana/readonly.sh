#!/bin/bash
# Makes the account that Grafana's dashboards read with. The postgres image runs
# this once, when its volume is empty; the tables that ticketlink makes later
# become readable by themselves. Elsewhere, run the SQL as ticketlink's account.
#
# Whoever may write queries in Grafana may read tickets with it.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$GRAFANA_DATABASE_PASSWORD" --set database="$POSTGRES_DB" <<'SQL'
create role grafana login password :'password';
alter role grafana set default_transaction_read_only = on;
alter role grafana set statement_timeout = '10s';
grant connect on database :"database" to grafana;
grant usage on schema public to grafana;
alter default privileges in schema public grant select on tables to grafana;
SQL
