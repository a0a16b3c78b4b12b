-- One look at how a user stands and how far the tables are, so that the two belong together.
select
    now() as asked_at,
    checkpoint.caught_up_at,
    status.account_kind,
    status.protected_until,
    coalesce(status.enrolled, false) as enrolled,
    coalesce(status.must_enroll, true) as must_enroll,
    coalesce(status.locked, false) as locked,
    coalesce(status.mfa_version, 0) as mfa_version,
    coalesce(status.sequence, 0) as sequence,
    status.sessions_invalid_before,
    coalesce(code.state, 'none') as recovery_code,
    code.retry_at
from (values ($1::text, $2::text)) as asked (tenant_id, user_id)
left join mfa.checkpoint on checkpoint.projection = 'views' and checkpoint.partition = $3
left join mfa.status on status.tenant_id = asked.tenant_id and status.user_id = asked.user_id
left join mfa.recovery_codes as code on code.tenant_id = asked.tenant_id and code.user_id = asked.user_id
