-- Which log the checkpoints' offsets belong to.
select cluster_id, topic_id, partitions from mfa.projection_log where projection = $1 and version = $2
