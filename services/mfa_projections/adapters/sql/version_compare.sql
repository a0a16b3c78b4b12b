-- The database knows the columns of both, whichever programs made them.
select rows, differ from mfa.compare_versions($1, $2, $3, $4::integer[])
