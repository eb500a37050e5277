-- name: EnsureHelpdesk :exec
insert into helpdesks (name, start_time, poll_due_at) values (@name, @start_time, @now)
on conflict (name) do nothing;

-- name: ClaimPoll :one
-- The lease keeps other replicas off; it is renewed with each page.
update helpdesks set poll_due_at = @lease where name = @name and poll_due_at <= @now
returning cursor, start_time, failures;

-- name: SavePoll :exec
update helpdesks set cursor = @cursor, poll_due_at = @next_at, polled_at = @now, failures = 0, last_error = '',
    caught_up_at = case when @at_end::boolean then @now else caught_up_at end
where name = @name;

-- name: FailPoll :exec
update helpdesks set poll_due_at = @next_at, failures = failures + 1, last_error = @error where name = @name;

-- name: LoseCursor :exec
-- The export refused our cursor: read again from an hour before the last page.
update helpdesks set cursor = '', poll_due_at = @now, last_error = @error,
    start_time = coalesce(polled_at - interval '1 hour', start_time)
where name = @name;

-- name: NoteRate :exec
update helpdesks set rate_limit = @rate_limit, rate_left = @rate_left, rate_at = @now where name = @name;

-- name: PollNow :execrows
update helpdesks set poll_due_at = @now where name = @name;

-- name: WebhookSeen :exec
update helpdesks set webhook_at = @now where name = @name and (webhook_at is null or webhook_at < @now);

-- name: ListHelpdesks :many
select * from helpdesks order by name;

-- name: StartBackfill :one
insert into backfills (helpdesk, since) values (@helpdesk, @since)
on conflict (helpdesk, since) do update set done_at = backfills.done_at
returning cursor, tickets, done_at;

-- name: UnfinishedBackfill :many
select since from backfills where helpdesk = @helpdesk and done_at is null order by since limit 1;

-- name: SaveBackfill :exec
update backfills set cursor = @cursor, tickets = tickets + @page_tickets, reached_at = @reached_at,
    done_at = @done_at
where helpdesk = @helpdesk and since = @since;
