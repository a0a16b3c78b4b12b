"""The relay on its state: each event told of once, whatever is cut, repeated or lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exactly_once import HaltedError, Offset, Partition, Record
from mfa_contracts.codec import decode_audit, encode
from mfa_projections.adapters.relay import AuditRelay, spec
from mfa_projections.streams import recorded
from support.facts import Life, uuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_projections.adapters.relay import Users

NAMES = spec("relay")


class Relay:
    """A relay with its state, and the records that it dropped."""

    def __init__(self) -> None:
        self.dropped: list[Record] = []
        self.application = AuditRelay(NAMES, self.dropped.append)
        self.state: Users = self.application.empty(Partition(0))
        self.kept: dict[bytes, bytes | None] = {}
        self.told: list[Record] = []

    async def tell(self, records: Sequence[Record]) -> None:
        """Decide and commit."""
        batch = await self.application.decide(self.state, records)
        self.application.merge(self.state, batch.overlay)
        self.kept |= batch.updates
        for output in batch.outputs:
            self.told.append(Record(Partition(0), Offset(len(self.told)), 0, 0, output.key, output.value))


def life(events: int = 3, user: str = "ann") -> Life:
    one = Life("acme", user)
    for failures in range(1, events + 1):
        one.rejected(failures)
    return one


def records(one: Life) -> list[Record]:
    return [
        Record(Partition(0), Offset(offset), 0, 0, one.record_key, encode(event))
        for offset, event in enumerate(one.events)
    ]


def test_relays_of_two_groups_take_the_same_transactional_ids_and_those_of_another_stream_do_not() -> None:
    one, two, other = spec("blue"), spec("green"), spec("blue", audit="another.audit")

    assert one.name == two.name
    assert one.name != other.name
    assert (one.group, two.group) == ("blue", "green")


async def test_each_event_gives_its_record_under_the_users_key() -> None:
    relay, ann = Relay(), life()
    await relay.tell(records(ann))

    told = [decode_audit(record.value or b"") for record in relay.told]
    assert told == [recorded(event, 0, offset) for offset, event in enumerate(ann.events)]
    assert {record.key for record in relay.told} == {ann.record_key}


async def test_deciding_changes_no_state() -> None:
    relay = Relay()
    await relay.application.decide(relay.state, records(life()))

    assert relay.state.told == {}


async def test_what_stands_twice_is_dropped_and_counted() -> None:
    relay, log = Relay(), records(life())
    await relay.tell([*log, *log])
    await relay.tell(log)

    assert (len(relay.told), len(relay.dropped)) == (3, 6)


async def test_another_event_under_a_taken_number_is_a_break() -> None:
    relay, ann = Relay(), life()
    await relay.tell(records(ann))
    other = encode(ann.events[1].model_copy(update={"id": uuid("other")}))

    with pytest.raises(HaltedError, match="expected number 4"):
        await relay.tell([replace(records(ann)[1], value=other)])


async def test_a_repeat_from_too_long_ago_is_a_break() -> None:
    relay, log = Relay(), records(life(9))
    await relay.tell(log)

    with pytest.raises(HaltedError, match="expected number 10"):
        await relay.tell(log[:1])


async def test_a_recent_id_under_a_number_from_too_long_ago_is_a_break() -> None:
    relay, ann = Relay(), life(10)
    await relay.tell(records(ann))
    other = encode(ann.events[0].model_copy(update={"id": ann.events[8].id}))

    with pytest.raises(HaltedError, match="expected number 11"):
        await relay.tell([replace(records(ann)[0], value=other)])


async def test_a_gap_alone_halts_at_its_offset() -> None:
    relay, log = Relay(), records(life())
    await relay.tell(log[:1])

    with pytest.raises(HaltedError) as raised:
        await relay.tell(log[2:])

    assert raised.value.offset == 2


async def test_a_gap_among_others_fails_the_batch_so_that_those_before_it_are_told_first() -> None:
    relay, log = Relay(), records(life())

    with pytest.raises(ValueError, match="expected number 2"):
        await relay.tell([log[0], log[2]])


@pytest.mark.parametrize("value", [None, b"", b"{}"])
async def test_an_unreadable_event_alone_halts(value: bytes | None) -> None:
    with pytest.raises(HaltedError, match="unreadable"):
        await Relay().tell([replace(records(life())[0], value=value)])


async def test_an_event_under_another_users_key_halts() -> None:
    with pytest.raises(HaltedError, match="key"):
        await Relay().tell([replace(records(life())[0], key=b"acme/bob")])


async def test_an_event_is_never_passed_over() -> None:
    relay = Relay()

    with pytest.raises(HaltedError):
        await relay.application.poison(relay.state, records(life())[0], RuntimeError())


async def test_the_state_is_what_its_records_say() -> None:
    relay, again = Relay(), Relay()
    await relay.tell(records(life()))
    for key, value in relay.kept.items():
        again.application.restore(again.state, key, value)

    assert again.state == relay.state


async def test_the_state_is_a_fold_of_what_was_told() -> None:
    relay, again = Relay(), Relay()
    await relay.tell(records(life(10)))
    offsets = [again.application.replay(again.state, record) for record in [*relay.told, relay.told[-1]]]

    assert again.state == relay.state
    assert offsets == [*range(10), 9]
    assert dict(again.application.snapshot(again.state)) == relay.kept


async def test_a_gap_in_what_was_told_halts() -> None:
    relay, again = Relay(), Relay()
    await relay.tell(records(life()))

    with pytest.raises(HaltedError, match=r"offset 2 of mfa\.audit"):
        [again.application.replay(again.state, record) for record in (relay.told[0], relay.told[2])]


def test_a_state_of_another_form_halts() -> None:
    relay = Relay()

    with pytest.raises(HaltedError, match="format"):
        relay.application.restore(relay.state, b"acme/ann", b"\xc1")


def test_a_deleted_state_is_forgotten() -> None:
    relay = Relay()
    relay.application.restore(relay.state, b"acme/ann", b"\x92\x01\xc4\x08AAAAAAAA")
    relay.application.restore(relay.state, b"acme/ann", None)

    assert relay.state.told == {}
