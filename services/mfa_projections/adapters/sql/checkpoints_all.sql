-- Where a version stands, in all partitions.
select projection, partition, next_offset from mfa.projection_checkpoint where version = $1
