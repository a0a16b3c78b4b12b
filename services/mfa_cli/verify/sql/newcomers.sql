-- Users whose first event came after their partition was looked at; the checkpoint bounds what a row may claim.
select distinct wanted.tenant_id, wanted.user_id
from unnest($1::text[], $2::text[]) as wanted (tenant_id, user_id)
join mfa.event_history as h using (tenant_id, user_id)
join unnest($3::bigint[]) with ordinality as seen (until, number) on seen.number = h.log_partition + 1
join mfa.checkpoint as c on c.projection = 'views' and c.partition = h.log_partition
where h.log_offset >= seen.until and h.log_offset < c.next_offset
