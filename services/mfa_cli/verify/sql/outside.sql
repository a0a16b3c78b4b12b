-- Rows of a partition that the log does not have: the check of no partition would ever look at them.
select 'audit_record' as name, tenant_id || '/' || user_id || ' ' || sequence as place from mfa.audit_record
where (log_partition between 0 and $1::integer - 1) is not true
union all
select 'event_history', tenant_id || '/' || user_id || ' ' || sequence from mfa.event_history
where (log_partition between 0 and $1 - 1) is not true
union all
select 'projection_checkpoint', projection || '[' || partition || ']' from mfa.checkpoint
where (partition between 0 and $1 - 1) is not true
