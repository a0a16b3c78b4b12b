-- Has a row to move: a projection that nobody has run yet stands at the log's beginning.
insert into mfa.projection_checkpoint (projection, version, partition, next_offset) values ($1, $2, $3, 0)
on conflict do nothing
