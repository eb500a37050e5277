#!/bin/bash
# Makes the account that Grafana's dashboards read with. The postgres image runs
# this once, when its volume is empty. It may read what ticketlink_reader may:
# the views in the schema dashboards, which hold no ticket text. Elsewhere, run
# the SQL as ticketlink's account.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$GRAFANA_DATABASE_PASSWORD" --set database="$POSTGRES_DB" <<'SQL'
create role grafana login password :'password';
alter role grafana set default_transaction_read_only = on;
alter role grafana set statement_timeout = '10s';
grant connect on database :"database" to grafana;
create role ticketlink_reader nologin;
grant ticketlink_reader to grafana;
SQL
