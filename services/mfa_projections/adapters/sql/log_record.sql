-- Noted once, by whoever begins; from then on it is compared.
insert into mfa.projection_log (projection, version, cluster_id, topic_id, partitions) values ($1, $2, $3, $4, $5)
on conflict do nothing
