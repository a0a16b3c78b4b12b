-- Where to go on from; Kafka's own committed offsets are not asked.
select next_offset from mfa.projection_checkpoint where projection = $1 and version = $2 and partition = $3
