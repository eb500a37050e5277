-- name: DeliveriesOf :one
-- What the inbox still holds of one sender.
select max(received_at)::timestamptz as last_at, count(*) as total, count(dead_at) as dead
from inbox where source = @source having count(*) > 0;
