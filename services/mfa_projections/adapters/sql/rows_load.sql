-- All rows of the users in a batch, by one question; columns by name, for the tables may have more of them.
select
    s.tenant_id, s.user_id, s.account_kind, s.protected_until, s.enrolled, s.must_enroll, s.mfa_version, s.sequence,
    s.last_event_id, s.locked, s.sessions_invalid_before, s.updated_at, e.enrollments::text, c.state, c.code_id,
    c.issued_at, c.last_redeemed_at, c.failures, c.retry_at
from unnest($1::text[], $2::text[]) as wanted (tenant_id, user_id)
join {views}.status s using (tenant_id, user_id)
join {views}.enrollments e using (tenant_id, user_id)
join {views}.recovery_codes c using (tenant_id, user_id)
