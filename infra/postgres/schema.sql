-- What the migrations add up to, to be read and compared. By: python -m mfa_local.dump_schema

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

-- Name: mfa; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA mfa;

-- Name: views_v1; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA views_v1;

-- Name: refuse_change(); Type: FUNCTION; Schema: mfa; Owner: -

CREATE FUNCTION mfa.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is append-only: expected an insert, got %. Rebuild it from the log instead.', tg_table_name, tg_op;
end
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- Name: audit_record; Type: TABLE; Schema: views_v1; Owner: -

CREATE TABLE views_v1.audit_record (
    id uuid NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    verdict text NOT NULL,
    code text NOT NULL,
    actor_issuer text NOT NULL,
    actor_subject text NOT NULL,
    actor_role text NOT NULL,
    actor_tenant text NOT NULL,
    actor_workload text NOT NULL,
    actor_txn uuid NOT NULL,
    approver jsonb,
    target_kind text,
    target_protected boolean NOT NULL,
    reason text,
    ticket text,
    removed jsonb NOT NULL,
    enrollment_id text,
    recovery_code_id text,
    failures integer,
    mfa_version_before bigint NOT NULL,
    mfa_version bigint NOT NULL,
    command text NOT NULL,
    command_id uuid NOT NULL,
    command_partition integer NOT NULL,
    command_offset bigint NOT NULL,
    command_digest text NOT NULL,
    correlation_id text NOT NULL,
    traceparent text,
    event_id uuid NOT NULL,
    event_partition integer NOT NULL,
    event_offset bigint NOT NULL,
    personal jsonb,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    CONSTRAINT audit_record_sequence_check CHECK ((sequence > 0))
);

-- Name: audit_record; Type: VIEW; Schema: mfa; Owner: -

CREATE VIEW mfa.audit_record AS
 SELECT id,
    tenant_id,
    user_id,
    sequence,
    at,
    kind,
    verdict,
    code,
    actor_issuer,
    actor_subject,
    actor_role,
    actor_tenant,
    actor_workload,
    actor_txn,
    approver,
    target_kind,
    target_protected,
    reason,
    ticket,
    removed,
    enrollment_id,
    recovery_code_id,
    failures,
    mfa_version_before,
    mfa_version,
    command,
    command_id,
    command_partition,
    command_offset,
    command_digest,
    correlation_id,
    traceparent,
    event_id,
    event_partition,
    event_offset,
    personal,
    log_partition,
    log_offset
   FROM views_v1.audit_record;

-- Name: projection_checkpoint; Type: TABLE; Schema: mfa; Owner: -

CREATE TABLE mfa.projection_checkpoint (
    projection text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    caught_up_at timestamp with time zone,
    CONSTRAINT projection_checkpoint_next_offset_check CHECK ((next_offset >= 0)),
    CONSTRAINT projection_checkpoint_partition_check CHECK ((partition >= 0))
)
WITH (fillfactor='20');

-- Name: checkpoint; Type: VIEW; Schema: mfa; Owner: -

CREATE VIEW mfa.checkpoint AS
 SELECT projection,
    partition,
    next_offset,
    caught_up_at
   FROM mfa.projection_checkpoint
  WHERE (version = 1);

-- Name: enrollments; Type: TABLE; Schema: views_v1; Owner: -

CREATE TABLE views_v1.enrollments (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    enrollments jsonb NOT NULL,
    CONSTRAINT enrollments_enrollments_check CHECK ((jsonb_typeof(enrollments) = 'array'::text))
)
WITH (fillfactor='80');

-- Name: enrollments; Type: VIEW; Schema: mfa; Owner: -

CREATE VIEW mfa.enrollments AS
 SELECT tenant_id,
    user_id,
    enrollments
   FROM views_v1.enrollments;

-- Name: event_history; Type: TABLE; Schema: views_v1; Owner: -

CREATE TABLE views_v1.event_history (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_issuer text NOT NULL,
    actor_subject text NOT NULL,
    actor_role text NOT NULL,
    actor_tenant text NOT NULL,
    actor_workload text NOT NULL,
    actor_txn uuid NOT NULL,
    command_id uuid NOT NULL,
    correlation_id text NOT NULL,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    event jsonb NOT NULL,
    CONSTRAINT event_history_sequence_check CHECK ((sequence > 0))
);

-- Name: event_history; Type: VIEW; Schema: mfa; Owner: -

CREATE VIEW mfa.event_history AS
 SELECT tenant_id,
    user_id,
    sequence,
    event_id,
    type,
    at,
    actor_issuer,
    actor_subject,
    actor_role,
    actor_tenant,
    actor_workload,
    actor_txn,
    command_id,
    correlation_id,
    log_partition,
    log_offset,
    event
   FROM views_v1.event_history;

-- Name: projection_log; Type: TABLE; Schema: mfa; Owner: -

CREATE TABLE mfa.projection_log (
    projection text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    cluster_id text NOT NULL,
    topic_id text NOT NULL,
    partitions integer NOT NULL,
    CONSTRAINT projection_log_partitions_check CHECK ((partitions > 0))
);

-- Name: recovery_codes; Type: TABLE; Schema: views_v1; Owner: -

CREATE TABLE views_v1.recovery_codes (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    code_id text,
    issued_at timestamp with time zone,
    last_redeemed_at timestamp with time zone,
    failures integer NOT NULL,
    retry_at timestamp with time zone,
    CONSTRAINT recovery_codes_failures_check CHECK ((failures >= 0)),
    CONSTRAINT recovery_codes_state_check CHECK ((state = ANY (ARRAY['none'::text, 'active'::text, 'voided'::text, 'locked'::text])))
)
WITH (fillfactor='80');

-- Name: recovery_codes; Type: VIEW; Schema: mfa; Owner: -

CREATE VIEW mfa.recovery_codes AS
 SELECT tenant_id,
    user_id,
    state,
    code_id,
    issued_at,
    last_redeemed_at,
    failures,
    retry_at
   FROM views_v1.recovery_codes;

-- Name: status; Type: TABLE; Schema: views_v1; Owner: -

CREATE TABLE views_v1.status (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    account_kind text,
    protected_until timestamp with time zone,
    enrolled boolean NOT NULL,
    must_enroll boolean NOT NULL,
    mfa_version bigint NOT NULL,
    sequence bigint NOT NULL,
    last_event_id uuid NOT NULL,
    locked boolean NOT NULL,
    sessions_invalid_before timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT status_account_kind_check CHECK ((account_kind = ANY (ARRAY['end_user'::text, 'tenant_admin'::text, 'support'::text]))),
    CONSTRAINT status_check CHECK ((must_enroll <> enrolled)),
    CONSTRAINT status_sequence_check CHECK ((sequence > 0))
)
WITH (fillfactor='80');

-- Name: status; Type: VIEW; Schema: mfa; Owner: -

CREATE VIEW mfa.status AS
 SELECT tenant_id,
    user_id,
    account_kind,
    protected_until,
    enrolled,
    must_enroll,
    mfa_version,
    sequence,
    last_event_id,
    locked,
    sessions_invalid_before,
    updated_at
   FROM views_v1.status;

-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

-- Name: projection_checkpoint projection_checkpoint_pkey; Type: CONSTRAINT; Schema: mfa; Owner: -

ALTER TABLE ONLY mfa.projection_checkpoint
    ADD CONSTRAINT projection_checkpoint_pkey PRIMARY KEY (projection, version, partition);

-- Name: projection_log projection_log_pkey; Type: CONSTRAINT; Schema: mfa; Owner: -

ALTER TABLE ONLY mfa.projection_log
    ADD CONSTRAINT projection_log_pkey PRIMARY KEY (projection, version);

-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

-- Name: audit_record audit_record_one_for_each_fact; Type: CONSTRAINT; Schema: views_v1; Owner: -

ALTER TABLE ONLY views_v1.audit_record
    ADD CONSTRAINT audit_record_one_for_each_fact UNIQUE (tenant_id, user_id, sequence);

-- Name: audit_record audit_record_pkey; Type: CONSTRAINT; Schema: views_v1; Owner: -

ALTER TABLE ONLY views_v1.audit_record
    ADD CONSTRAINT audit_record_pkey PRIMARY KEY (id);

-- Name: enrollments enrollments_pkey; Type: CONSTRAINT; Schema: views_v1; Owner: -

ALTER TABLE ONLY views_v1.enrollments
    ADD CONSTRAINT enrollments_pkey PRIMARY KEY (tenant_id, user_id);

-- Name: event_history event_history_pkey; Type: CONSTRAINT; Schema: views_v1; Owner: -

ALTER TABLE ONLY views_v1.event_history
    ADD CONSTRAINT event_history_pkey PRIMARY KEY (tenant_id, user_id, sequence);

-- Name: recovery_codes recovery_codes_pkey; Type: CONSTRAINT; Schema: views_v1; Owner: -

ALTER TABLE ONLY views_v1.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (tenant_id, user_id);

-- Name: status status_pkey; Type: CONSTRAINT; Schema: views_v1; Owner: -

ALTER TABLE ONLY views_v1.status
    ADD CONSTRAINT status_pkey PRIMARY KEY (tenant_id, user_id);

-- Name: audit_record_of_a_time; Type: INDEX; Schema: views_v1; Owner: -

CREATE INDEX audit_record_of_a_time ON views_v1.audit_record USING btree (tenant_id, at);

-- Name: enrollments_by_id; Type: INDEX; Schema: views_v1; Owner: -

CREATE INDEX enrollments_by_id ON views_v1.enrollments USING gin (enrollments jsonb_path_ops);

-- Name: audit_record audit_record_is_append_only; Type: TRIGGER; Schema: views_v1; Owner: -

CREATE TRIGGER audit_record_is_append_only BEFORE DELETE OR UPDATE ON views_v1.audit_record FOR EACH STATEMENT EXECUTE FUNCTION mfa.refuse_change();

-- Name: event_history event_history_is_append_only; Type: TRIGGER; Schema: views_v1; Owner: -

CREATE TRIGGER event_history_is_append_only BEFORE DELETE OR UPDATE ON views_v1.event_history FOR EACH STATEMENT EXECUTE FUNCTION mfa.refuse_change();

INSERT INTO public.schema_migrations (version) VALUES
    ('20261124000000'),
    ('20261124000100'),
    ('20261124000200'),
    ('20261124000300');
