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

-- Name: compare_versions(integer, integer, text, integer[]); Type: FUNCTION; Schema: mfa; Owner: -

CREATE FUNCTION mfa.compare_versions(shown integer, next integer, name text, left_out integer[], OUT rows bigint, OUT differ bigint) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $_$
declare
    old regclass := to_regclass(format('views_v%s.%I', shown, name));
    new regclass := to_regclass(format('views_v%s.%I', next, name));
    columns text;
    key text;
    looked_at text := '';
begin
    if old is null or new is null then
        return;
    end if;
    select string_agg(quote_ident(n.attname), ', ' order by n.attnum) into columns
    from pg_attribute n join pg_attribute o on o.attname = n.attname and o.atttypid = n.atttypid
    where n.attrelid = new and o.attrelid = old and n.attnum > 0 and not n.attisdropped;
    select string_agg(quote_ident(a.attname), ', ') into key
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
    where i.indrelid = new and i.indisprimary;
    if cardinality(left_out) > 0 then
        looked_at := format(
            'where (t.tenant_id, t.user_id) not in (
                select tenant_id, user_id from views_v%1$s.event_history where log_partition = any($1)
                union select tenant_id, user_id from views_v%2$s.event_history where log_partition = any($1)
            )', shown, next);
    end if;
    execute format(
        'select count(n), count(*) filter (where o is distinct from n)
        from (select %1$s from %2$s t %4$s) o full join (select %1$s from %3$s t %4$s) n using (%5$s)',
        columns, old, new, looked_at, key
    ) into rows, differ using left_out;
end
$_$;

-- Name: drop_version(integer); Type: FUNCTION; Schema: mfa; Owner: -

CREATE FUNCTION mfa.drop_version(gone integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    delete from mfa.projection_version where version = gone and not active;
    if found then
        execute format('drop schema if exists views_v%s cascade', gone);
        delete from mfa.projection_checkpoint where version = gone;
        delete from mfa.projection_log where version = gone;
    end if;
end
$$;

-- Name: point_view(text, text); Type: FUNCTION; Schema: mfa; Owner: -

CREATE FUNCTION mfa.point_view(name text, query text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    may record;
    granted text[] := '{}';
begin
    execute format('create or replace view mfa.%I as %s', name, query);
exception when invalid_table_definition then
    for may in
        select g.privilege_type, g.is_grantable, coalesce(quote_ident(r.rolname), 'public') as grantee
        from pg_class c cross join aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
        where c.oid = format('mfa.%I', name)::regclass
    loop
        granted := granted || format('grant %s on mfa.%I to %s%s', may.privilege_type, name, may.grantee,
            case when may.is_grantable then ' with grant option' else '' end);
    end loop;
    execute format('drop view mfa.%I', name);
    execute format('create view mfa.%I as %s', name, query);
    for i in 1 .. cardinality(granted) loop
        execute granted[i];
    end loop;
end
$$;

-- Name: refuse_change(); Type: FUNCTION; Schema: mfa; Owner: -

CREATE FUNCTION mfa.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is append-only: expected an insert, got %. Rebuild it from the log instead.', tg_table_name, tg_op;
end
$$;

-- Name: show_version(integer, integer); Type: FUNCTION; Schema: mfa; Owner: -

CREATE FUNCTION mfa.show_version(shown integer, next integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    name text;
begin
    update mfa.projection_version set active = false where version = shown and active;
    if not found then
        raise exception 'expected version % to be shown, another is', shown using errcode = 'serialization_failure';
    end if;
    update mfa.projection_version set active = true, shown_at = clock_timestamp() where version = next;
    -- Who has applied as much of the same log is as fresh.
    update mfa.projection_checkpoint n set caught_up_at = greatest(n.caught_up_at, o.caught_up_at)
    from mfa.projection_checkpoint o
    join mfa.projection_log ol using (projection, version)
    join mfa.projection_log nl on nl.projection = ol.projection
        and (nl.cluster_id, nl.topic_id, nl.partitions) = (ol.cluster_id, ol.topic_id, ol.partitions)
    where o.version = shown and n.version = next and nl.version = next and n.projection = o.projection
        and n.partition = o.partition and n.next_offset >= o.next_offset;
    perform mfa.point_view('checkpoint', format(
        'select projection, partition, next_offset, caught_up_at from mfa.projection_checkpoint where version = %s', next
    ));
    for name in select t.tablename from pg_tables t where t.schemaname = 'views_v' || next order by 1 loop
        perform mfa.point_view(name, format('select * from views_v%s.%I', next, name));
    end loop;
    for name in
        select v.viewname from pg_views v where v.schemaname = 'mfa' and v.viewname <> 'checkpoint'
            and to_regclass(format('views_v%s.%I', shown, v.viewname)) is not null
            and to_regclass(format('views_v%s.%I', next, v.viewname)) is null
    loop
        execute format('drop view mfa.%I', name);
    end loop;
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

-- Name: projection_version; Type: TABLE; Schema: mfa; Owner: -

CREATE TABLE mfa.projection_version (
    version integer NOT NULL,
    shape integer NOT NULL,
    active boolean DEFAULT false NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    shown_at timestamp with time zone,
    CONSTRAINT projection_version_active_was_shown CHECK (((NOT active) OR (shown_at IS NOT NULL))),
    CONSTRAINT projection_version_shape_check CHECK ((shape > 0))
);

-- Name: projection_version_version_seq; Type: SEQUENCE; Schema: mfa; Owner: -

ALTER TABLE mfa.projection_version ALTER COLUMN version ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mfa.projection_version_version_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

-- Name: projection_version projection_version_pkey; Type: CONSTRAINT; Schema: mfa; Owner: -

ALTER TABLE ONLY mfa.projection_version
    ADD CONSTRAINT projection_version_pkey PRIMARY KEY (version);

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

-- Name: projection_version_one_is_active; Type: INDEX; Schema: mfa; Owner: -

CREATE UNIQUE INDEX projection_version_one_is_active ON mfa.projection_version USING btree (active) WHERE active;

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
    ('20261124000300'),
    ('20261124000400');
