-- Events that came again: which ids stand under their numbers?
select h.tenant_id, h.user_id, h.sequence, h.event_id as id
from unnest($1::text[], $2::text[], $3::bigint[]) as wanted (tenant_id, user_id, sequence)
join {views}.event_history h using (tenant_id, user_id, sequence)
