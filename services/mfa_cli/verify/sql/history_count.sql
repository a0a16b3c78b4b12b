-- More rows than events are found by their number alone: looking for strays costs a comparison with every offset.
select count(*) from mfa.event_history where log_partition = $1
