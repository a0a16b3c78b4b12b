-- The events of a tenant, or of one of its users, the last ones, in the order in which they happened.
select * from (
    select
        at,
        user_id as user,
        sequence,
        type,
        actor_subject as actor,
        actor_role as role,
        tenant_id as tenant,
        event_id,
        command_id,
        correlation_id,
        log_partition as partition,
        log_offset as "offset",
        event
    from mfa.event_history
    where tenant_id = $1 and ($2::text is null or user_id = $2)
    order by at desc, user_id desc, sequence desc
    limit $3
) as latest
order by at, "user", sequence
