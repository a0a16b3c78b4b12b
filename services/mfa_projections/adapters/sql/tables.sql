-- The tables of a version in this program's shape; for version 1 they are what the migrations have made.
create schema {views};

create table {views}.status (
    tenant_id text collate "C" not null,
    user_id text collate "C" not null,
    account_kind text check (account_kind in ('end_user', 'tenant_admin', 'support')),
    protected_until timestamptz,
    enrolled boolean not null,
    must_enroll boolean not null check (must_enroll <> enrolled),
    mfa_version bigint not null,
    sequence bigint not null check (sequence > 0),
    last_event_id uuid not null,
    locked boolean not null,
    sessions_invalid_before timestamptz,
    updated_at timestamptz not null,
    primary key (tenant_id, user_id)
) with (fillfactor = 80);

create table {views}.enrollments (
    tenant_id text collate "C" not null,
    user_id text collate "C" not null,
    enrollments jsonb not null check (jsonb_typeof(enrollments) = 'array'),
    primary key (tenant_id, user_id)
) with (fillfactor = 80);

-- Finds the owner of one enrolment: where enrollments @> '[{"id": "dev_..."}]'.
create index enrollments_by_id on {views}.enrollments using gin (enrollments jsonb_path_ops);

create table {views}.recovery_codes (
    tenant_id text collate "C" not null,
    user_id text collate "C" not null,
    state text not null check (state in ('none', 'active', 'voided', 'locked')),
    code_id text,
    issued_at timestamptz,
    last_redeemed_at timestamptz,
    failures integer not null check (failures >= 0),
    retry_at timestamptz,
    primary key (tenant_id, user_id)
) with (fillfactor = 80);

create table {views}.event_history (
    tenant_id text collate "C" not null,
    user_id text collate "C" not null,
    sequence bigint not null check (sequence > 0),
    event_id uuid not null,
    type text not null,
    at timestamptz not null,
    actor_issuer text not null,
    actor_subject text not null,
    actor_role text not null,
    actor_tenant text not null,
    actor_workload text not null,
    actor_txn uuid not null,
    command_id uuid not null,
    correlation_id text not null,
    log_partition integer not null,
    log_offset bigint not null,
    event jsonb not null,
    primary key (tenant_id, user_id, sequence)
);

create trigger event_history_is_append_only before update or delete on {views}.event_history
    for each statement execute function mfa.refuse_change();

create table {views}.audit_record (
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

create index audit_record_of_a_time on {views}.audit_record (tenant_id, at);

create trigger audit_record_is_append_only before update or delete on {views}.audit_record
    for each statement execute function mfa.refuse_change();
