-- All that the tables say about how one user stands.
select
    status.tenant_id as tenant,
    status.user_id as user,
    status.enrolled,
    status.must_enroll,
    enrollments.enrollments,
    code.state as recovery_code,
    code.code_id as recovery_code_id,
    code.issued_at as recovery_code_issued_at,
    code.last_redeemed_at,
    code.failures as wrong_codes,
    code.retry_at,
    status.locked,
    status.account_kind,
    status.protected_until,
    status.sessions_invalid_before,
    status.mfa_version,
    status.sequence,
    status.updated_at
from mfa.status
join mfa.enrollments using (tenant_id, user_id)
join mfa.recovery_codes as code using (tenant_id, user_id)
where status.tenant_id = $1 and status.user_id = $2
