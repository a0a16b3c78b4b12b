-- Compare and set: who finds another offset works on a partition that has gone to somebody else.
update mfa.projection_checkpoint set next_offset = $5, caught_up_at = coalesce($6, caught_up_at)
where projection = $1 and version = $2 and partition = $3 and next_offset = $4
