-- Asked only when the table is there.
select exists (select from public.schema_migrations where version = $1)
