-- A projection with a checkpoint has noted its log before that; offsets mean nothing without it.
select projection, l.cluster_id, l.topic_id, l.partitions
from (select distinct projection from mfa.checkpoint) as c
full join (
    select * from mfa.projection_log join mfa.projection_version using (version) where active
) as l using (projection)
order by projection
