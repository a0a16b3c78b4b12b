-- A number that is taken is an error, never passed over: the guard should have seen it.
insert into {views}.event_history (
    tenant_id, user_id, sequence, event_id, type, at, actor_issuer, actor_subject, actor_role, actor_tenant,
    actor_workload, actor_txn, command_id, correlation_id, log_partition, log_offset, event
)
select * from unnest(
    $1::text[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::uuid[], $13::uuid[], $14::text[], $15::integer[], $16::bigint[],
    $17::jsonb[]
)
