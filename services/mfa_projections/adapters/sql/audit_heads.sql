-- The last audit record of each user in a batch, found by the constraint's own index.
select wanted.tenant_id, wanted.user_id, last.sequence, last.id
from unnest($1::text[], $2::text[]) as wanted (tenant_id, user_id)
cross join lateral (
    select sequence, id from {views}.audit_record r
    where r.tenant_id = wanted.tenant_id and r.user_id = wanted.user_id
    order by sequence desc limit 1
) last
