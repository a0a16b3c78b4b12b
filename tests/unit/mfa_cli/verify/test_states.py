"""The stored states and the partition's record against the log; the fold here is a stand-in that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_cli.verify.appended import checked
from mfa_cli.verify.positions import NONE, Ends, PositionCheck, Standing
from mfa_cli.verify.states import StateCheck
from unit.mfa_cli.verify.logs import PARTITION, sound

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.events import Event

ANN, CLEO = b"acme/ann", b"acme/cleo"
LAST = sound().events[-1]
NEXT = LAST.event.data.source.offset + 1
AT_END = Ends(events=LAST.offset + 2, commands=NEXT)


def counting(packed: bytes | None, event: Event) -> bytes:
    return (packed or b"") + bytes([event.sequence])


def states(stored: dict[bytes, bytes], until: int = LAST.offset) -> Finding:
    return checked(StateCheck(PARTITION, stored, until, counting), sound().events)


def test_equal_states_are_counted() -> None:
    finding = states({ANN: bytes(range(1, 7)), CLEO: bytes(range(1, 5))})

    assert (finding.holds, finding.checked) == (True, 2)


def test_a_state_of_other_bytes_is_found() -> None:
    finding = states({ANN: bytes(range(1, 7)), CLEO: bytes(range(1, 4))})

    assert [each.place for each in finding.first] == [f"mfa.state[3]@{LAST.offset} acme/cleo"]


def test_a_state_that_is_missing_is_found() -> None:
    assert [each.got for each in states({ANN: bytes(range(1, 7))}).first] == ["no state"]


def test_a_state_without_events_is_found() -> None:
    stored = {ANN: bytes(range(1, 7)), CLEO: bytes(range(1, 5)), b"acme/eve": b"\x01"}

    assert [each.expected for each in states(stored).first] == ["no state"]


def test_events_after_the_states_are_not_folded() -> None:
    events = sound().events

    assert states({ANN: b"\x01\x02\x03"}, until=events[2].offset).holds


def position(standing: Standing | None, ends: Ends = AT_END) -> Finding:
    return checked(PositionCheck("mfa.state[3]", standing, ends), sound().events)


def test_a_record_right_behind_the_last_command_holds() -> None:
    finding = position(Standing(NEXT, LAST.offset))

    assert (finding.holds, finding.checked) == (True, 1)


def test_commands_without_events_may_lie_between_the_last_event_and_the_record() -> None:
    assert position(Standing(NEXT + 3, LAST.offset), Ends(LAST.offset + 2, NEXT + 3)).holds


@pytest.mark.parametrize(
    "standing",
    [
        Standing(NEXT - 1, LAST.offset),
        Standing(NEXT, LAST.offset - 1),
        Standing(NEXT, LAST.offset + 1),
        Standing(NEXT + 1, LAST.offset),
        Standing(0, NONE),
        None,
    ],
    ids=["a command too early", "an event too early", "an event too late", "past the end", "nothing yet", "no record"],
)
def test_a_record_that_stands_elsewhere_is_found(standing: Standing | None) -> None:
    assert not position(standing).holds


def test_a_record_of_an_earlier_moment_holds_while_the_log_goes_on() -> None:
    third = sound().events[6]

    standing = Standing(third.event.data.source.offset + 1, third.offset)

    assert position(standing, Ends(third.offset + 1, NEXT)).holds
