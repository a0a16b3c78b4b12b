"""What the service remembers of a partition: restored, folded again, or halted where it cannot be trusted."""

from __future__ import annotations

import pytest

from exactly_once import HaltedError, Offset, Partition, Record
from mfa_commands.adapters.application import CommandApplication, Users
from mfa_commands.domain.packed import pack
from mfa_commands.domain.state import INITIAL
from mfa_contracts import topics
from support.commands import logged_in
from support.deciding import HERE, InMemory, changed, enroll, wrong_code

ANN = b"acme/ann"


class Scene:
    """A service in memory as an application, and the log that it has left."""

    def __init__(self) -> None:
        self.service = InMemory()
        self.repeated: list[Record] = []
        self.app = CommandApplication(self.service.tools, self.repeated.append)
        self.users = Users(HERE)
        self.log: list[Record] = []

    async def decide(self, *records: Record) -> None:
        """Decide, commit, and append the events to the log."""
        batch = await self.app.decide(self.users, records)
        self.app.merge(self.users, batch.overlay)
        for output in batch.outputs:
            if output.topic == topics.EVENTS:
                self.log.append(Record(HERE, Offset(len(self.log)), 0, 1, output.key, output.value))

    def folded(self, *records: Record) -> Users:
        users = Users(HERE)
        for record in records or self.log:
            self.app.replay(users, record)
        return users


async def lived() -> Scene:
    scene = Scene()
    await scene.decide(scene.service.enrolling("ann"), scene.service.enrolling("zoe"))
    await scene.decide(scene.service.redeeming(wrong_code()), scene.service.redeeming(wrong_code()))
    return scene


async def test_the_state_is_the_fold_of_the_events_byte_for_byte() -> None:
    scene = await lived()

    assert scene.folded().packed == scene.users.packed


async def test_deciding_leaves_the_state_as_it_is() -> None:
    scene = await lived()
    before = dict(scene.users.packed)
    batch = await scene.app.decide(scene.users, [scene.service.redeeming(wrong_code())])

    assert (scene.users.packed, set(batch.updates)) == (before, {ANN})


async def test_a_snapshot_restores_the_state() -> None:
    scene, restored = await lived(), Users(HERE)
    for key, value in scene.app.snapshot(scene.users):
        scene.app.restore(restored, key, value)

    assert restored.packed == scene.users.packed


async def test_a_tombstone_forgets_a_user() -> None:
    scene = await lived()
    scene.app.restore(scene.users, ANN, None)

    assert (scene.users.recall(ANN), len(scene.users.packed)) == (INITIAL, 1)


async def test_a_replayed_event_tells_which_command_it_came_from() -> None:
    scene = Scene()
    record = scene.service.enrolling("ann")
    await scene.decide(record)

    assert scene.app.replay(Users(HERE), scene.log[0]) == record.offset


async def test_an_event_that_stands_twice_is_dropped_and_told() -> None:
    scene = await lived()
    users = scene.folded(*scene.log, scene.log[-1])

    assert (users.packed, scene.repeated) == (scene.users.packed, [scene.log[-1]])


async def test_a_gap_in_a_users_events_halts_there() -> None:
    scene = await lived()
    with pytest.raises(HaltedError, match="expected sequence 1 of its user, got 2") as raised:
        scene.folded(*scene.log[1:])

    assert (raised.value.partition, raised.value.offset) == (HERE, scene.log[1].offset)


async def test_another_event_under_a_taken_sequence_halts() -> None:
    scene, other = await lived(), await lived()
    with pytest.raises(HaltedError, match="sequence"):
        scene.folded(*scene.log, other.log[-1])


@pytest.mark.parametrize("value", [None, b"", b"{}", b"\xff", b'{"type":"mfa.event.Unheard.v9"}'])
async def test_an_unreadable_event_halts_and_is_never_passed_over(value: bytes | None) -> None:
    scene = await lived()
    with pytest.raises(HaltedError, match="unreadable event"):
        scene.folded(changed(scene.log[0], value=value))


@pytest.mark.parametrize("parts", [{"key": b"acme/zoe"}, {"key": None}, {"partition": Partition(4)}])
async def test_an_event_at_anothers_place_halts(parts: dict[str, object]) -> None:
    scene = await lived()
    with pytest.raises(HaltedError, match="under its user's key"):
        scene.folded(changed(scene.log[0], **parts))


@pytest.mark.parametrize("packed", [b"", b"\x00", b"\x01\xc1", pack(INITIAL)[:-1]])
async def test_a_damaged_state_halts_before_anything_is_decided_on_it(packed: bytes) -> None:
    scene = Scene()
    scene.app.restore(scene.users, ANN, packed)
    with pytest.raises(HaltedError, match="unreadable state"):
        await scene.app.decide(scene.users, [scene.service.enrolling("ann")])


async def test_a_poisoned_record_is_answered_and_changes_no_state() -> None:
    scene = Scene()
    command = enroll()
    record = scene.service.record(scene.service.gateway.send(command, logged_in("ann", scene.service.at), 1))
    batch = await scene.app.poison(scene.users, record, ZeroDivisionError())

    assert ([output.topic for output in batch.outputs], batch.updates, batch.overlay) == (
        [topics.DEADLETTERS, topics.OUTCOMES],
        {},
        {},
    )
