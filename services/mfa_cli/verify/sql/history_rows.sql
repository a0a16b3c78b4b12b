-- The rows of some events, found by the table's own key.
select h.*
from unnest($1::text[], $2::text[], $3::bigint[]) as wanted (tenant_id, user_id, sequence)
join mfa.event_history h using (tenant_id, user_id, sequence)
