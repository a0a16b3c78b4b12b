"""Tables and audit records against a sound log: each damage to them must be found at its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from exactly_once.records import Offset, Partition
from mfa_cli.verify.appended import checked
from mfa_cli.verify.audits import AuditCheck, AuditTableCheck, Told
from mfa_cli.verify.history import HistoryCheck, Numbered
from mfa_cli.verify.rows import RowCheck
from mfa_cli.verify.views import ViewCheck
from mfa_projections.adapters.audit_rows import columns
from mfa_projections.projecting.ports import AuditRow
from mfa_projections.streams import recorded
from mfa_projections.views import fold_history, history_row
from unit.mfa_cli.verify.logs import PARTITION, sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from mfa_cli.verify.findings import Finding
    from mfa_projections.views import UserKey, UserRows

END = 1_000_000
ANN: UserKey = ("acme", "ann")
CLEO: UserKey = ("acme", "cleo")
COLUMNS = "id tenant_id user_id sequence at kind verdict code actor_issuer actor_subject actor_role actor_tenant"
REST = "actor_workload actor_txn approver target_kind target_protected reason ticket removed enrollment_id"
LAST = "recovery_code_id failures mfa_version_before mfa_version command command_id command_partition command_offset"
MORE = "command_digest correlation_id traceparent event_id event_partition event_offset personal log_partition"
NAMES = (*COLUMNS.split(), *REST.split(), *LAST.split(), *MORE.split(), "log_offset")


def places(finding: Finding) -> list[str]:
    return [difference.place for difference in finding.first]


# ---- views ----------------------------------------------------------------------------------------------------


def rows() -> dict[UserKey, UserRows]:
    return fold_history(appended.event for appended in sound().events)


def views(found: dict[UserKey, UserRows], until: int = END) -> Finding:
    check = ViewCheck(until)
    for appended in sound().events:
        check.meet(appended)
    check.compare(check.users(), found)
    return check.finding()


def test_rows_that_are_the_fold_are_counted() -> None:
    assert (views(rows()).holds, views(rows()).checked) == (True, 2)


def test_a_changed_status_is_found_with_its_column() -> None:
    found = rows()
    ann = found[ANN]
    found[ANN] = ann._replace(status=replace(ann.status, locked=True))

    (difference,) = views(found).first

    assert (difference.place, difference.expected, difference.got) == ("acme/ann", "status.locked False", "True")


def test_a_changed_enrolment_is_found() -> None:
    found = rows()
    cleo = found[CLEO]
    found[CLEO] = cleo._replace(enrollments=replace(cleo.enrollments, enrollments=()))

    assert places(views(found)) == ["acme/cleo"]


def test_a_missing_row_is_found() -> None:
    assert [each.got for each in views({ANN: rows()[ANN]}).first] == ["none"]


def test_events_after_the_checkpoint_are_not_in_the_rows_yet() -> None:
    events = sound().events
    half = fold_history(appended.event for appended in events[:6])

    assert views(half, until=events[6].offset).holds


def test_a_stray_row_is_found() -> None:
    check = RowCheck("rule", "users")
    check.stray("status acme/eve")

    assert places(check.finding()) == ["status acme/eve"]


# ---- history --------------------------------------------------------------------------------------------------


def histories() -> dict[Numbered, dict[str, Any]]:
    told = [asdict(history_row(each.event, PARTITION, each.offset, each.value)) for each in sound().events]
    return {Numbered(row["tenant_id"], row["user_id"], row["sequence"]): row for row in told}


def history(found: dict[Numbered, dict[str, Any]], until: int = END) -> Finding:
    check = HistoryCheck(until)
    check.compare(check.due(sound().events), found)
    return check.finding()


def test_a_history_of_all_events_is_counted() -> None:
    assert (history(histories()).holds, history(histories()).checked) == (True, 10)


def test_a_missing_history_row_is_found_at_its_event() -> None:
    found = histories()
    del found[Numbered("acme", "ann", 4)]

    assert places(history(found)) == [str(sound().events[6].place)]


def test_a_history_row_of_another_actor_is_found() -> None:
    found = histories()
    found[Numbered("acme", "ann", 4)]["actor_subject"] = "eve"

    assert [each.got for each in history(found).first] == ["eve"]


def test_a_changed_event_in_the_history_is_found() -> None:
    found = histories()
    row = found[Numbered("acme", "cleo", 1)]
    row["event"] = json.dumps({**json.loads(row["event"]), "subject": "eve"})

    assert places(history(found)) == [str(sound().events[3].place)]


def test_the_databases_own_form_of_json_is_no_difference() -> None:
    found = histories()
    for row in found.values():
        row["event"] = json.dumps(json.loads(row["event"]), indent=1, sort_keys=True)

    assert history(found).holds


def test_history_after_the_checkpoint_is_not_there_yet() -> None:
    first = sound().events[0]

    assert history({}, until=first.offset).checked == 0
    assert not history({}, until=first.offset + 1).holds


# ---- audit records --------------------------------------------------------------------------------------------


def told() -> list[Told]:
    log = enumerate(sound().events)
    return [Told(Partition(PARTITION), Offset(n), recorded(each.event, PARTITION, each.offset)) for n, each in log]


def audited(records: Sequence[Told], until: int = END) -> Finding:
    check = AuditCheck(until)
    for record in records:
        check.hear(record)
    return checked(check, sound().events)


def test_one_record_for_each_event_is_counted() -> None:
    assert (audited(told()).holds, audited(told()).checked) == (True, 10)


def test_an_event_that_nobody_was_told_of_is_found() -> None:
    records = told()
    del records[4]

    assert places(audited(records)) == [str(sound().events[4].place)]


def test_an_event_that_was_told_of_twice_is_found() -> None:
    records = told()
    again = Told(records[4].partition, Offset(77), records[4].message)

    assert places(audited([*records, again])) == ["mfa.audit[3]@77"]


def test_an_audit_record_that_says_something_else_is_found() -> None:
    records = told()
    wrong = records[8].message.model_copy(update={"data": records[8].message.data.model_copy(update={"ticket": "T-9"})})
    records[8] = Told(records[8].partition, records[8].offset, wrong)

    assert places(audited(records)) == ["mfa.audit[3]@8"]


def test_an_audit_record_of_no_event_is_found() -> None:
    records = told()
    stranger = recorded(sound().events[0].event, PARTITION, 9_999)

    assert places(audited([*records, Told(Partition(PARTITION), Offset(10), stranger)])) == ["mfa.audit[3]@10"]


def test_an_audit_record_of_another_partition_is_found() -> None:
    stranger = Told(Partition(PARTITION), Offset(10), recorded(sound().events[0].event, 5, 0))

    assert places(audited([*told(), stranger])) == ["mfa.audit[3]@10"]


def test_events_that_the_relay_has_not_reached_need_no_record_yet() -> None:
    assert audited(told()[:6], until=sound().events[6].offset).holds


# ---- the audit table ------------------------------------------------------------------------------------------


def table() -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for each in told():
        values = [column[0] for column in columns([AuditRow(each.message, each.partition, each.offset)])]
        found[each.message.id] = dict(zip(NAMES, values, strict=True))
    return found


def listed(found: dict[UUID, dict[str, Any]], until: int = END) -> Finding:
    check = AuditTableCheck(until)
    check.compare(check.due(told()), found)
    return check.finding()


def test_a_row_for_each_audit_record_is_counted() -> None:
    assert (listed(table()).holds, listed(table()).checked) == (True, 10)


def test_a_missing_audit_row_is_found() -> None:
    found = table()
    del found[told()[4].message.id]

    assert places(listed(found)) == ["mfa.audit[3]@4"]


def test_a_changed_audit_row_is_found_with_its_column() -> None:
    found = table()
    found[told()[4].message.id]["actor_subject"] = "eve"

    assert [each.expected for each in listed(found).first] == ["actor_subject cleo"]


def test_a_changed_list_of_what_was_removed_is_found() -> None:
    found = table()
    found[told()[8].message.id]["removed"] = "[]"

    assert places(listed(found)) == ["mfa.audit[3]@8"]


def test_audit_records_after_the_checkpoint_are_not_in_the_table_yet() -> None:
    assert (listed({}, until=0).holds, listed({}, until=1).holds) == (True, False)
