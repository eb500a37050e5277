-- name: DeliveriesOf :one
-- What the inbox still holds of one sender.
select max(received_at)::timestamptz as last_at, count(*) as total, count(dead_at) as dead
from inbox where source = @source having count(*) > 0;

-- name: SeenOfRules :many
-- What rules may name and there has been: services, the tags of late, and those of
-- these forms and organizations. Not of all tickets: of ten million it would take
-- longer than the doctor waits.
select 'service'::text as kind, unnest(services)::text as value from incidents
union select 'tag', unnest(t.tags) from tickets t where t.created_at >= @since
union select 'form', f.form_id from tickets f where f.created_at >= @since and f.form_id = any(@ids::text[])
union select 'organization', w.organization_id from tickets w where w.created_at >= @since and w.organization_id = any(@ids::text[])
union select 'organization', o.id from organizations o where o.id = any(@ids::text[]);
