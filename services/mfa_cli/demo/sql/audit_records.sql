-- What an auditor sees of one tenant, in the order in which it happened.
select actor_subject, user_id, kind, verdict, code, reason, ticket from mfa.audit_record
where tenant_id = $1 order by at, event_partition, event_offset
