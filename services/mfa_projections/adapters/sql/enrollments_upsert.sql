-- One statement for a batch; the arrays are the columns.
insert into {views}.enrollments (tenant_id, user_id, enrollments)
select * from unnest($1::text[], $2::text[], $3::jsonb[])
on conflict (tenant_id, user_id) do update set enrollments = excluded.enrollments
