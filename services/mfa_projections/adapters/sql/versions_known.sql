-- What is shown comes first, then what was shown last; a version that was never finished comes behind those that were.
select version, shape, shown_at is not null as was_shown from mfa.projection_version
order by active desc, shown_at desc nulls last, version desc
