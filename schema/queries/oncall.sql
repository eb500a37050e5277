-- name: EnsureOnCall :exec
-- A schedule is read at every start: its address may be another.
insert into on_call (name, due_at) values (@name, @now)
on conflict (name) do update set due_at = @now;

-- name: ClaimOnCall :execrows
update on_call set due_at = @next_at where name = @name and due_at <= @now;

-- name: ForgetOnCall :exec
delete from on_call where name = @name;

-- name: PutOnCall :exec
update on_call set calendar = @calendar, fetched_at = @now, error = '' where name = @name;

-- name: FailOnCall :exec
update on_call set error = @error where name = @name;

-- name: ListOnCall :many
select * from on_call order by name;
