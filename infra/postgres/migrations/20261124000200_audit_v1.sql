-- The audit records of mfa.audit as rows: what an auditor asks for is a column. Filled by a projection of its own.
-- migrate:up
create table views_v1.audit_record (
    id uuid primary key,
    tenant_id text collate "C" not null,
    user_id text collate "C" not null,
    sequence bigint not null check (sequence > 0),
    at timestamptz not null,
    kind text not null,
    verdict text not null,
    code text not null,
    actor_issuer text not null,
    actor_subject text not null,
    actor_role text not null,
    actor_tenant text not null,
    actor_workload text not null,
    actor_txn uuid not null,
    approver jsonb,
    target_kind text,
    target_protected boolean not null,
    reason text,
    ticket text,
    removed jsonb not null,
    enrollment_id text,
    recovery_code_id text,
    failures integer,
    mfa_version_before bigint not null,
    mfa_version bigint not null,
    command text not null,
    command_id uuid not null,
    command_partition integer not null,
    command_offset bigint not null,
    command_digest text not null,
    correlation_id text not null,
    traceparent text,
    event_id uuid not null,
    event_partition integer not null,
    event_offset bigint not null,
    personal jsonb,
    log_partition integer not null,
    log_offset bigint not null,
    constraint audit_record_one_for_each_fact unique (tenant_id, user_id, sequence)
);

create index audit_record_of_a_time on views_v1.audit_record (tenant_id, at);

create trigger audit_record_is_append_only before update or delete on views_v1.audit_record
    for each statement execute function mfa.refuse_change();

create view mfa.audit_record as select * from views_v1.audit_record;

-- Readers judge staleness by the version that they are shown: projections are `views` (of mfa.events) and `audit`.
create view mfa.checkpoint as
    select projection, partition, next_offset, caught_up_at from mfa.projection_checkpoint where version = 1;

-- migrate:down
drop view mfa.checkpoint, mfa.audit_record;
drop table views_v1.audit_record;
