-- Offsets mean nothing in another log. Which one a projection was begun on is noted once, and compared at every start.
-- migrate:up
create table mfa.projection_log (
    projection text collate "C" not null,
    version integer not null,
    cluster_id text not null,
    topic_id text not null,
    partitions integer not null check (partitions > 0),
    primary key (projection, version)
);

-- migrate:down
drop table mfa.projection_log;
