-- Audit records by what an auditor asks for, the last ones, in the order in which things happened.
select * from (
    select
        at,
        actor_subject as actor,
        actor_role as role,
        actor_tenant,
        tenant_id as tenant,
        user_id as user,
        kind,
        verdict,
        code,
        target_kind,
        target_protected as protected,
        reason,
        ticket,
        removed,
        enrollment_id,
        recovery_code_id,
        failures,
        mfa_version_before as version_before,
        mfa_version as version,
        sequence,
        command,
        command_id,
        correlation_id,
        event_id,
        event_partition as partition,
        event_offset as "offset",
        id
    from mfa.audit_record
    where ($1::text is null or tenant_id = $1)
        and ($2::text is null or user_id = $2)
        and ($3::text is null or kind = $3)
        and ($4::timestamptz is null or at >= $4)
        and ($5::text is null or actor_subject = $5)
    order by at desc, tenant_id desc, user_id desc, audit_record.sequence desc
    limit $6
) as latest
order by at, tenant, "user", sequence
