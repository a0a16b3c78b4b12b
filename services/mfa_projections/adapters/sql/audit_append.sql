-- A number that is taken is an error, never passed over: the guard should have seen it.
insert into {views}.audit_record (
    id, tenant_id, user_id, sequence, at, kind, verdict, code, actor_issuer, actor_subject, actor_role, actor_tenant,
    actor_workload, actor_txn, approver, target_kind, target_protected, reason, ticket, removed, enrollment_id,
    recovery_code_id, failures, mfa_version_before, mfa_version, command, command_id, command_partition,
    command_offset, command_digest, correlation_id, traceparent, event_id, event_partition, event_offset, personal,
    log_partition, log_offset
)
select * from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::jsonb[], $16::text[],
    $17::boolean[], $18::text[], $19::text[], $20::jsonb[], $21::text[], $22::text[], $23::integer[], $24::bigint[],
    $25::bigint[], $26::text[], $27::uuid[], $28::integer[], $29::bigint[], $30::text[], $31::text[], $32::text[],
    $33::uuid[], $34::integer[], $35::bigint[], $36::jsonb[], $37::integer[], $38::bigint[]
)
