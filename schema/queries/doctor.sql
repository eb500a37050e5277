-- name: DeliveriesOf :one
-- What the inbox still holds of one sender.
select max(received_at)::timestamptz as last_at, count(*) as total, count(dead_at) as dead
from inbox where source = @source having count(*) > 0;

-- name: SeenOfRules :many
-- Everything that a rule may name and that there has been.
select 'service'::text as kind, unnest(services)::text as value from incidents
union select 'tag', unnest(tags) from tickets
union select 'form', form_id from tickets
union select 'organization', organization_id from tickets
union select 'organization', id from organizations;
