-- More rows than records are found by their number alone: looking for strays costs a comparison with every offset.
select count(*) from mfa.audit_record where log_partition = $1
