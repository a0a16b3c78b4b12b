-- A rebuild begins with nothing; truncate passes the append-only trigger, which watches updates and deletes.
truncate views_v1.audit_record
