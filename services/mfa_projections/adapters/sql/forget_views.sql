-- A rebuild begins with nothing; truncate passes the append-only trigger, which watches updates and deletes.
truncate views_v1.status, views_v1.enrollments, views_v1.recovery_codes, views_v1.event_history
