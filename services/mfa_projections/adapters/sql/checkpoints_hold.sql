-- Where a version stands, in all partitions; nobody moves one of these checkpoints until the transaction ends.
select projection, partition, next_offset from mfa.projection_checkpoint where version = $1
order by projection, partition for update
