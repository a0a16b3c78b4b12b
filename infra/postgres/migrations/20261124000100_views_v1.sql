-- The first version of the views over mfa.events. The version is in the schema's name, so that the next one can be
-- built beside it; readers use the plain names in schema mfa, which one transaction moves to another version.
-- migrate:up
create schema views_v1;

-- Where a projection stands in its topic. No index on what changes, and room in the page: every batch updates a row.
create table mfa.projection_checkpoint (
    projection text collate "C" not null,
    version integer not null,
    partition integer not null check (partition >= 0),
    next_offset bigint not null check (next_offset >= 0),
    caught_up_at timestamptz,
    primary key (projection, version, partition)
) with (fillfactor = 20);

create table views_v1.status (
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

create table views_v1.enrollments (
    tenant_id text collate "C" not null,
    user_id text collate "C" not null,
    enrollments jsonb not null check (jsonb_typeof(enrollments) = 'array'),
    primary key (tenant_id, user_id)
) with (fillfactor = 80);

-- Finds the owner of one enrolment: where enrollments @> '[{"id": "dev_..."}]'.
create index enrollments_by_id on views_v1.enrollments using gin (enrollments jsonb_path_ops);

create table views_v1.recovery_codes (
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

create table views_v1.event_history (
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

-- History is read, never mended: a change could only hide something.
create function mfa.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: expected an insert, got %. Rebuild it from the log instead.', tg_table_name, tg_op;
end
$$;

create trigger event_history_is_append_only before update or delete on views_v1.event_history
    for each statement execute function mfa.refuse_change();

create view mfa.status as select * from views_v1.status;
create view mfa.enrollments as select * from views_v1.enrollments;
create view mfa.recovery_codes as select * from views_v1.recovery_codes;
create view mfa.event_history as select * from views_v1.event_history;

-- migrate:down
drop view mfa.event_history, mfa.recovery_codes, mfa.enrollments, mfa.status;
drop schema views_v1 cascade;
drop function mfa.refuse_change();
drop table mfa.projection_checkpoint;
