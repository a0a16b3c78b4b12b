"""Records that cannot be read, and projections that are behind, must be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once.records import Offset, Partition, Record
from mfa_cli.verify.catching_up import LogEnds, Reached, Wanted, ahead, behind
from mfa_cli.verify.readable import ReadableCheck
from unit.mfa_cli.verify.logs import PARTITION, sound

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Finding


def places(finding: Finding) -> list[str]:
    return [difference.place for difference in finding.first]


def in_log(offset: int = 0, key: bytes = b"acme/ann", value: bytes | None = None) -> Record:
    first = sound().events[0]
    return Record(Partition(PARTITION), Offset(offset), 0, 0, key, first.value if value is None else value)


def test_an_unreadable_event_is_found_and_the_others_are_read() -> None:
    check = ReadableCheck()

    read = check.events([in_log(), in_log(1, value=b"{}")])

    assert (len(read), places(check.finding())) == (1, ["mfa.events[3]@1"])


def test_an_event_under_another_users_key_is_found() -> None:
    check = ReadableCheck()

    check.events([in_log(key=b"acme/eve")])

    assert places(check.finding()) == ["mfa.events[3]@0"]


def test_an_unreadable_audit_record_is_found() -> None:
    check = ReadableCheck()

    assert (check.audits([in_log()]), places(check.finding())) == ([], ["mfa.audit[3]@0"])


def test_an_unreadable_dead_letter_is_found() -> None:
    check = ReadableCheck()

    assert (check.dead([in_log()]), places(check.finding())) == (set(), ["mfa.deadletters[3]@0"])


# ---- catching up ----------------------------------------------------------------------------------------------


WANTED = Wanted(command=9, event=7, audit=5)
THERE = Reached(commands=10, relay=8, views=8, audit=6)


def test_workers_past_the_last_command_event_and_record_have_caught_up() -> None:
    assert behind(3, WANTED, THERE).holds


def test_each_worker_that_is_behind_is_found() -> None:
    finding = behind(3, WANTED, Reached(commands=9, relay=7, views=7, audit=5))

    assert (finding.checked, places(finding)) == (4, ["commands[3]", "relay[3]", "views[3]", "audit[3]"])


def test_nothing_is_waited_for_in_an_empty_partition() -> None:
    assert behind(3, Wanted(command=-1, event=-1, audit=-1), Reached()).holds


def test_projections_may_stand_at_the_end_of_their_logs() -> None:
    assert ahead(3, THERE, LogEnds(events=8, audit=6)).holds


def test_each_projection_past_the_end_of_its_log_is_found() -> None:
    finding = ahead(3, THERE, LogEnds(events=7, audit=5))

    assert places(finding) == ["relay[3]", "views[3]", "audit[3]"]
