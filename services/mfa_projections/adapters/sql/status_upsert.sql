-- One statement for a batch; the arrays are the columns.
insert into {views}.status (
    tenant_id, user_id, account_kind, protected_until, enrolled, must_enroll, mfa_version, sequence, last_event_id,
    locked, sessions_invalid_before, updated_at
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::boolean[], $6::boolean[], $7::bigint[], $8::bigint[],
    $9::uuid[], $10::boolean[], $11::timestamptz[], $12::timestamptz[]
)
on conflict (tenant_id, user_id) do update set
    account_kind = excluded.account_kind,
    protected_until = excluded.protected_until,
    enrolled = excluded.enrolled,
    must_enroll = excluded.must_enroll,
    mfa_version = excluded.mfa_version,
    sequence = excluded.sequence,
    last_event_id = excluded.last_event_id,
    locked = excluded.locked,
    sessions_invalid_before = excluded.sessions_invalid_before,
    updated_at = excluded.updated_at
