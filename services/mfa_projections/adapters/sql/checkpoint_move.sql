-- Compare and set: who finds another offset works on a partition that has gone to somebody else. The age counts back
-- from now(), when the transaction began: time spent waiting for the row makes nothing look fresher than it is.
update mfa.projection_checkpoint
set next_offset = $5, caught_up_at = coalesce(now() - make_interval(secs => $6), caught_up_at)
where projection = $1 and version = $2 and partition = $3 and next_offset = $4
