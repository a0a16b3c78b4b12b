-- The rows of some audit records, with all columns: they are compared in the table's order.
select * from mfa.audit_record where id = any($1::uuid[])
