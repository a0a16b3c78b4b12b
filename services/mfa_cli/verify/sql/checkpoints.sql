-- Where both projections stand in one partition; read in the same snapshot as their rows.
select projection, next_offset from mfa.checkpoint where partition = $1
