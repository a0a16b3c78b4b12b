"""Rules that the log alone must keep, each with the damage that must be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify.appended import checked
from mfa_cli.verify.appends import AppendCheck
from mfa_cli.verify.codes import CodeCheck
from mfa_cli.verify.sequences import SequenceCheck
from mfa_contracts.ids import event_id
from unit.mfa_cli.verify.logs import Log, changed, code, command_id, enrolled, issued, redeemed, reset, sound, told

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Finding


def places(finding: Finding) -> list[str]:
    return [difference.place for difference in finding.first]


def test_a_sound_log_keeps_all_rules() -> None:
    events = sound().events

    findings = [checked(check, events) for check in (SequenceCheck(), AppendCheck(), CodeCheck())]

    assert [(finding.holds, finding.checked) for finding in findings] == [(True, 10), (True, 6), (True, 4)]


def test_a_gap_in_a_sequence_is_found_once_at_its_place() -> None:
    events = sound().events
    del events[1]

    finding = checked(SequenceCheck(), events)

    assert (finding.differing, finding.first[0].place) == (1, str(events[1].place))
    assert (finding.first[0].expected, finding.first[0].got) == ("sequence 2", "sequence 3")


def test_a_repeated_event_is_found() -> None:
    events = sound().events
    events.insert(1, events[0])

    assert not checked(SequenceCheck(), events).holds


def test_a_user_that_does_not_begin_with_one_is_found() -> None:
    only_cleo = sound().events[3:6]

    assert places(checked(SequenceCheck(), only_cleo[1:])) == [str(only_cleo[1].place)]


def test_a_torn_append_is_found() -> None:
    events = sound().events
    torn = [*events[:2], *events[3:6], events[2], *events[6:]]

    finding = checked(AppendCheck(), torn)

    assert str(events[2].place) in places(finding)


def test_a_command_decided_twice_is_found() -> None:
    events = sound().events

    finding = checked(AppendCheck(), [*events[:7], events[6], *events[7:], events[6]])

    assert finding.differing >= 2
    assert finding.first[-1].got == f"the command at offset {events[6].event.data.source.offset}"


def test_an_event_id_that_is_not_derived_from_its_command_is_found() -> None:
    events = sound().events
    events[1] = changed(events[1], id=event_id(command_id(0), 7))

    assert places(checked(AppendCheck(), events)) == [str(events[1].place)]


def test_an_append_that_says_two_versions_is_found() -> None:
    events = sound().events
    events[2] = told(events[2], mfa_version=9)

    assert places(checked(AppendCheck(), events)) == [str(events[2].place)]


def test_an_event_of_another_partitions_command_is_found() -> None:
    events = sound().events
    elsewhere = events[6].event.data.source.model_copy(update={"partition": 1})
    events[6] = told(events[6], source=elsewhere)

    assert places(checked(AppendCheck(), events)) == [str(events[6].place)]


def test_a_code_redeemed_twice_is_found() -> None:
    log = Log().append("ann", enrolled("dev_push"), code(1)).append("ann", redeemed(1, 2)).append("ann", redeemed(1, 3))

    finding = checked(CodeCheck(), log.events)

    assert [(each.expected, each.got) for each in finding.first] == [
        (f"the end of {issued(2).code_id}", f"of {issued(1).code_id}")
    ]


def test_a_second_living_code_is_found() -> None:
    log = Log().append("ann", enrolled("dev_push"), code(1)).append("ann", code(2))

    assert places(checked(CodeCheck(), log.events)) == [str(log.events[2].place)]


def test_a_code_that_survives_a_reset_is_found() -> None:
    log = Log().append("ann", enrolled("dev_push"), code(1)).append("ann", reset(None))

    assert places(checked(CodeCheck(), log.events)) == [str(log.events[2].place)]


def test_a_code_that_replaces_itself_is_found() -> None:
    log = Log().append("ann", enrolled("dev_push"), code(1)).append("ann", redeemed(1, 1))

    assert places(checked(CodeCheck(), log.events)) == [str(log.events[2].place)]


def test_one_users_code_is_nothing_to_another() -> None:
    log = Log().append("ann", enrolled("dev_push"), code(1)).append("cleo", redeemed(1, 2))

    assert not checked(CodeCheck(), log.events).holds
