-- Whose rows readers are shown: each must be a user of the log, which only the log can say.
select 'status' as name, tenant_id, user_id from mfa.status
union all select 'enrollments', tenant_id, user_id from mfa.enrollments
union all select 'recovery_codes', tenant_id, user_id from mfa.recovery_codes
