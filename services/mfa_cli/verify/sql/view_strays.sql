-- Users with a row but without a history: the history is compared with the log, so these have no event at all.
with owners as (
    select 'status' as name, tenant_id, user_id from mfa.status
    union all select 'enrollments', tenant_id, user_id from mfa.enrollments
    union all select 'recovery_codes', tenant_id, user_id from mfa.recovery_codes
)
select name || ' ' || tenant_id || '/' || user_id as place from owners o
where not exists (select from mfa.event_history h where h.tenant_id = o.tenant_id and h.user_id = o.user_id)
