-- Of one session, until it ends however it ends: a rebuild that was killed is in nobody's way. "mfa_rebu" as a number.
select pg_try_advisory_lock(7883095260327666293)
