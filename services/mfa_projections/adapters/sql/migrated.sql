-- Whether the tables are those that this version writes; to_regclass, so that an empty database is an answer too.
select to_regclass('public.schema_migrations') is not null
