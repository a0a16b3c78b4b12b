"""Every command must have been answered; the damages are commands that were lost, forged or answered twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mfa_cli.verify.answers import AnswerCheck, Silent
from mfa_cli.verify.asked import Asked
from mfa_cli.verify.silence import SilenceCheck
from mfa_contracts.codec import encode
from mfa_contracts.commands import ClassifyAccountCommand, Command, ResetMfaCommand
from mfa_contracts.tokens import digest_of
from unit.mfa_cli.verify.logs import CLASSIFIED, NOON, PARTITION, TENANT, Log, command_id, enrolled, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding

SOON = NOON + timedelta(minutes=1)
LATE = NOON + timedelta(days=2)


def framed(number: int, user: str) -> Mapping[str, object]:
    frame = {"id": command_id(number), "source": "test", "time": NOON, "correlationid": "c"}
    return {**frame, "tenantid": TENANT, "subject": user}


def reset_of(number: int, user: str = "ann") -> Command:
    return ResetMfaCommand.model_validate({**framed(number, user), "data": {"reason": "lost_device"}})


def classify(number: int, version: int, user: str = "ann") -> Command:
    data = {"kind": "end_user", "directory_version": version}
    return ClassifyAccountCommand.model_validate({**framed(number, user), "data": data})


def asked(command: Command, offset: int) -> Asked:
    return Asked(PARTITION, offset, NOON, encode(command))


def answered(log: Log, commands: Sequence[Asked]) -> list[Appended]:
    """The log's events, each naming the digest of the command at its source."""
    digests = {each.offset: digest_of(each.value) for each in commands}
    return [_naming(each, digests[each.event.data.source.offset]) for each in log.events]


def _naming(appended: Appended, digest: str) -> Appended:
    return told(appended, source=appended.event.data.source.model_copy(update={"digest": digest}))


def looked(
    events: Sequence[Appended], commands: Sequence[Asked], dead: frozenset[int] = frozenset(), since: int = 0
) -> tuple[Finding, Sequence[Silent]]:
    check = AnswerCheck(since)
    for event in events:
        check.meet(event)
    silent = check.left_over(commands, dead)
    return check.finding(), silent


def judged(events: Sequence[Appended], silent: Sequence[Silent], now: datetime = SOON) -> Finding:
    check = SilenceCheck(silent, now)
    for event in events:
        check.meet(event)
    return check.finding()


@pytest.fixture
def log() -> Log:
    return Log().append("ann", CLASSIFIED, enrolled("dev_push")).append("cleo", enrolled("dev_totp"))


@pytest.fixture
def commands() -> list[Asked]:
    return [asked(reset_of(0), 0), asked(reset_of(1, "cleo"), 2)]


def test_commands_with_events_or_a_dead_letter_are_answered(log: Log, commands: list[Asked]) -> None:
    unreadable = Asked(PARTITION, 3, NOON, b"not json")

    finding, silent = looked(answered(log, commands), [*commands, unreadable], dead=frozenset({3}))

    assert (finding.holds, finding.checked, silent) == (True, 3, [])


def test_an_unreadable_command_without_a_dead_letter_is_found(log: Log, commands: list[Asked]) -> None:
    finding, _ = looked(answered(log, commands), [*commands, Asked(PARTITION, 3, NOON, b"not json")])

    assert [each.place for each in finding.first] == ["mfa.commands[3]@3"]


def test_events_of_other_bytes_are_found(log: Log, commands: list[Asked]) -> None:
    finding, _ = looked(answered(log, commands), [asked(reset_of(9), 0), commands[1]])

    assert [each.place for each in finding.first] == ["mfa.commands[3]@0"]


def test_a_command_with_events_and_a_dead_letter_is_found(log: Log, commands: list[Asked]) -> None:
    finding, _ = looked(answered(log, commands), commands, dead=frozenset({2}))

    assert [each.got for each in finding.first] == ["both"]


def test_events_of_a_command_that_was_never_there_are_found(log: Log, commands: list[Asked]) -> None:
    finding, _ = looked(answered(log, commands), commands[:1])

    assert [each.place for each in finding.first] == ["mfa.commands@2"]


def test_events_of_commands_that_are_no_longer_kept_are_no_concern(log: Log, commands: list[Asked]) -> None:
    finding, silent = looked(answered(log, commands), commands[1:], since=1)

    assert (finding.holds, finding.checked, silent) == (True, 1, [])


def test_commands_that_are_no_longer_kept_are_counted_once_each(log: Log, commands: list[Asked]) -> None:
    all_gone, _ = looked(answered(log, commands), [], since=9)

    assert (all_gone.holds, all_gone.checked, all_gone.unchecked) == (True, 0, len(commands))


def test_a_lost_command_is_found(log: Log, commands: list[Asked]) -> None:
    lost = asked(reset_of(7), 1)
    events = answered(log, commands)

    _, silent = looked(events, [commands[0], lost, commands[1]])

    assert [each.place for each in judged(events, silent).first] == ["mfa.commands[3]@1"]


def test_a_lost_command_is_found_even_much_later_when_others_went_on(log: Log, commands: list[Asked]) -> None:
    events = answered(log, commands)
    _, silent = looked(events, [commands[0], asked(reset_of(7), 1), commands[1]])

    assert not judged(events, silent, now=LATE).holds


def test_a_command_that_nobody_decided_within_a_day_may_be_silent(log: Log, commands: list[Asked]) -> None:
    events = answered(log, commands)
    _, silent = looked(events, [*commands, asked(reset_of(7), 3)])

    assert not judged(events, silent, now=SOON).holds
    assert judged(events, silent, now=LATE).holds


def test_a_repeat_may_be_silent_for_the_same_user_only(log: Log, commands: list[Asked]) -> None:
    events = answered(log, commands)
    _, repeats = looked(events, [*commands, asked(reset_of(0), 3)])
    _, stolen = looked(events, [*commands, asked(reset_of(0, "cleo"), 3)])

    assert judged(events, repeats).holds
    assert not judged(events, stolen).holds


def test_a_repeat_before_the_first_is_found(log: Log, commands: list[Asked]) -> None:
    events = answered(log, commands)
    _, silent = looked(events, [commands[0], asked(reset_of(1, "cleo"), 1), commands[1]])

    assert not judged(events, silent).holds


def test_old_news_of_the_directory_may_be_silent_and_new_ones_not(log: Log, commands: list[Asked]) -> None:
    events = answered(log, commands)
    _, old = looked(events, [*commands, asked(classify(7, version=1), 3)])
    _, new = looked(events, [*commands, asked(classify(7, version=2), 3)])

    assert judged(events, old).holds
    assert not judged(events, new).holds


def test_one_command_too_many_within_a_day_may_be_silent() -> None:
    full = Log()
    for number in range(128):
        full.append("ann", enrolled(f"dev_{number}"))
    commands = [asked(reset_of(number), number * 2) for number in range(128)]
    events = answered(full, commands)

    _, silent = looked(events, [*commands, asked(reset_of(999), 999)])

    assert judged(events, silent).holds
    assert not judged(events[:-1], silent).holds
