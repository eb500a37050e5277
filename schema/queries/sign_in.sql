-- name: PutSession :exec
insert into sessions (hash, name, email, role, token, issuer, subject, created_at, expires_at)
values (@hash, @name, @email, @role, @token, @issuer, @subject, @now, @expires_at);

-- name: GetSession :one
select name, email, role, token, issuer from sessions where hash = @hash and expires_at > @now;

-- name: DropSession :exec
delete from sessions where hash = @hash or expires_at <= @now;

-- name: PutSignIn :exec
insert into sign_ins (state, nonce, verifier, next, expires_at) values (@state, @nonce, @verifier, @next, @expires_at);

-- name: TakeSignIn :one
-- Good once, and for as long as it lasts.
delete from sign_ins where state = @state and expires_at > @now returning nonce, verifier, next;

-- name: DropSignIns :exec
delete from sign_ins where expires_at <= @now;
