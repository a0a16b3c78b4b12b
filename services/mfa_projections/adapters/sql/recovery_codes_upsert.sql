-- One statement for a batch; the arrays are the columns.
insert into {views}.recovery_codes (
    tenant_id, user_id, state, code_id, issued_at, last_redeemed_at, failures, retry_at
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::integer[],
    $8::timestamptz[]
)
on conflict (tenant_id, user_id) do update set
    state = excluded.state,
    code_id = excluded.code_id,
    issued_at = excluded.issued_at,
    last_redeemed_at = excluded.last_redeemed_at,
    failures = excluded.failures,
    retry_at = excluded.retry_at
