-- Records that came again: which ids stand under their numbers?
select r.tenant_id, r.user_id, r.sequence, r.id
from unnest($1::text[], $2::text[], $3::bigint[]) as wanted (tenant_id, user_id, sequence)
join {views}.audit_record r using (tenant_id, user_id, sequence)
