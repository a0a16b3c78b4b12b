"""Changes made to the tables by hand, each with how it is taken back, the rule that it breaks and the place named."""

from __future__ import annotations

from typing import NamedTuple

STATUS = "status, enrolments and recovery codes are the fold of the events"
AUDIT = "the audit table is mfa.audit, one row for each record"
HISTORY = "the history is the events, one row for each"
POSITIONS = "positions belong to this cluster, these topics and this number of partitions"
CAUGHT_UP = "commands, relay, views and audit table stand at the end of the log"


class Damage(NamedTuple):
    """``broken`` maps each rule that breaks to the first place that it names."""

    change: str
    back: str
    broken: dict[str, str]


_AUDIT_COLUMNS = (
    "gen_random_uuid(), tenant_id, 'ghost', 1, at, kind, verdict, code, actor_issuer, actor_subject, actor_role, "
    "actor_tenant, actor_workload, actor_txn, approver, target_kind, target_protected, reason, ticket, removed, "
    "enrollment_id, recovery_code_id, failures, mfa_version_before, mfa_version, command, command_id, "
    "command_partition, command_offset, command_digest, correlation_id, traceparent, event_id, event_partition, "
    "event_offset, personal, {partition}, 1000000"
)
_HISTORY_COLUMNS = (
    "tenant_id, 'ghost', 1, event_id, type, at, actor_issuer, actor_subject, actor_role, actor_tenant, actor_workload, "
    "actor_txn, command_id, correlation_id, {partition}, 1000000, event"
)
_STATUS_COLUMNS = (
    "tenant_id, 'ghost', account_kind, protected_until, enrolled, must_enroll, mfa_version, sequence, last_event_id, "
    "locked, sessions_invalid_before, updated_at"
)
_OF_ANN = "where (tenant_id, user_id) = ('demo-1', 'ann')"


_COPY = "insert into views_v1.{table} select {columns} from views_v1.{table} {of_ann} limit 1"
_DRIVE_OUT = (
    "alter table views_v1.{table} disable trigger user; delete from views_v1.{table} where user_id = 'ghost'; "
    "alter table views_v1.{table} enable trigger user"
)
_MOVE = (
    "update mfa.projection_checkpoint set next_offset = next_offset {by} "
    "where projection = '{projection}' and partition = 6"
)


def _ghost(table: str, columns: str, partition: int) -> tuple[str, str]:
    """A copy of a row of Ann's that is a ghost's, and how it is driven out."""
    copied = columns.format(partition=partition)
    return _COPY.format(table=table, columns=copied, of_ann=_OF_ANN), _DRIVE_OUT.format(table=table)


def _both(*parts: tuple[str, str]) -> tuple[str, str]:
    changes, backs = zip(*parts, strict=True)
    return "; ".join(changes), "; ".join(backs)


def _ahead(projection: str) -> tuple[str, str]:
    return _MOVE.format(projection=projection, by="+ 1000"), _MOVE.format(projection=projection, by="- 1000")


_LOG = "update mfa.projection_log set cluster_id = {} cluster_id where projection = 'views'"
_HIDE = "create or replace view mfa.status as select * from views_v1.status {}"
_STATUS = _ghost("status", _STATUS_COLUMNS, 0)
_UNTOLD = _both(
    ("create table untold as select * from mfa.projection_log", "delete from mfa.projection_log"),
    (
        "delete from mfa.projection_log where projection = 'audit'",
        "insert into mfa.projection_log select * from untold; drop table untold",
    ),
)

DAMAGES = {
    "an audit record of a partition that is none": Damage(
        *_ghost("audit_record", _AUDIT_COLUMNS, 99), {AUDIT: "audit_record demo-1/ghost 1"}
    ),
    "a history row of a partition that is none": Damage(
        *_ghost("event_history", _HISTORY_COLUMNS, 99), {HISTORY: "event_history demo-1/ghost 1"}
    ),
    "a history row of a partition below the first": Damage(
        *_ghost("event_history", _HISTORY_COLUMNS, -1), {HISTORY: "event_history demo-1/ghost 1"}
    ),
    "an audit record of no record": Damage(
        *_ghost("audit_record", _AUDIT_COLUMNS, 3), {AUDIT: "audit_record demo-1/ghost 1"}
    ),
    "a history row of no event": Damage(
        *_ghost("event_history", _HISTORY_COLUMNS, 3), {HISTORY: "event_history demo-1/ghost 1"}
    ),
    "a status row that a history row is to cover": Damage(
        *_both(_STATUS, _ghost("event_history", _HISTORY_COLUMNS, 3)),
        {HISTORY: "event_history demo-1/ghost 1", STATUS: "status demo-1/ghost"},
    ),
    "a checkpoint of a partition that is none": Damage(
        "insert into mfa.projection_checkpoint values ('views', 1, 99, 0)",
        "delete from mfa.projection_checkpoint where partition = 99",
        {POSITIONS: "projection_checkpoint views[99]"},
    ),
    "views that claim more than the log has": Damage(*_ahead("views"), {CAUGHT_UP: "views[6]"}),
    "an audit table that claims more than mfa.audit has": Damage(*_ahead("audit"), {CAUGHT_UP: "audit[6]"}),
    "a projection begun on another log": Damage(
        _LOG.format("'not ' ||"),
        _LOG.replace("{} cluster_id", "substr(cluster_id, 5)"),
        {POSITIONS: "projection_log views"},
    ),
    "a projection that has not said on which log it was begun": Damage(*_UNTOLD, {POSITIONS: "projection_log audit"}),
    "readers who are not shown a row": Damage(
        _HIDE.format("where user_id <> 'ann'"), _HIDE.format(""), {STATUS: "demo-1/ann"}
    ),
}
