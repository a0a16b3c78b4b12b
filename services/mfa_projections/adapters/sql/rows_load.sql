-- All rows of the users in a batch, by one question.
select s.*, e.enrollments::text, c.state, c.code_id, c.issued_at, c.last_redeemed_at, c.failures, c.retry_at
from unnest($1::text[], $2::text[]) as wanted (tenant_id, user_id)
join views_v1.status s using (tenant_id, user_id)
join views_v1.enrollments e using (tenant_id, user_id)
join views_v1.recovery_codes c using (tenant_id, user_id)
