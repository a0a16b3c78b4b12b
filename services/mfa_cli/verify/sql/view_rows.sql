-- What readers are shown of some users: by the plain names that they use, not by the tables that these stand for today.
select
    s.tenant_id, s.user_id, s.account_kind, s.protected_until, s.enrolled, s.must_enroll, s.mfa_version, s.sequence,
    s.last_event_id, s.locked, s.sessions_invalid_before, s.updated_at, e.enrollments::text, c.state, c.code_id,
    c.issued_at, c.last_redeemed_at, c.failures, c.retry_at
from unnest($1::text[], $2::text[]) as wanted (tenant_id, user_id)
join mfa.status as s using (tenant_id, user_id)
join mfa.enrollments as e using (tenant_id, user_id)
join mfa.recovery_codes as c using (tenant_id, user_id)
