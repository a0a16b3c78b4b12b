-- Each run has a tenant of its own, so that a demo can be repeated on the same data.
select coalesce(max(substring(tenant_id from 6)::integer), 0) + 1 from mfa.status where tenant_id ~ '^demo-[0-9]{1,6}$'
