-- Audit records by what an auditor asks for, the last ones, in the order in which things happened. All columns, under
-- the names that the table gives them: an auditor must not have to guess whose offset an offset is.
select * from (
    select * from mfa.audit_record
    where ($1::text is null or tenant_id = $1)
        and ($2::text is null or user_id = $2)
        and ($3::text is null or kind = $3)
        and ($4::timestamptz is null or at >= $4)
        and ($5::text is null or actor_subject = $5)
    order by at desc, tenant_id desc, user_id desc, sequence desc
    limit $6
) as latest
order by at, tenant_id, user_id, sequence
