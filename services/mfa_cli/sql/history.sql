-- The events of a tenant, or of one of its users, the last ones, in the order in which they happened; all columns.
select * from (
    select * from mfa.event_history
    where tenant_id = $1 and ($2::text is null or user_id = $2)
    order by at desc, user_id desc, sequence desc
    limit $3
) as latest
order by at, user_id, sequence
