-- Asked only when there are more rows than records: which rows stand for an offset that no record has.
select tenant_id || '/' || user_id || ' ' || sequence as place from mfa.audit_record
where log_partition = $1 and not log_offset = any($2::bigint[])
order by log_offset limit 5
