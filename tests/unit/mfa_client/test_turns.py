"""Commands about one user reach Kafka in the order of asking; another user's do not wait for them."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mfa_client import UserActor
from mfa_client.turns import Turns
from mfa_contracts.vocabulary import Method
from unit.mfa_client.desk import NOON, Wire, answered, client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_client import MfaClient, Outcome


@dataclass
class FullBatch(Wire):
    """The first record waits for room, as in a producer whose batch is full; later ones would find some at once."""

    room: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_and_wait(
        self, topic: str, value: bytes, key: bytes, *, headers: Sequence[tuple[str, bytes]]
    ) -> object:
        first = "send" not in self.steps
        self.steps.append("send")
        if first:
            await self.room.wait()
        return await super().send_and_wait(topic, value, key, headers=headers)


def ask(mfa: MfaClient, user: str, device: str) -> asyncio.Task[Outcome]:
    actor = UserActor("acme", user, "login-1", NOON)
    return asyncio.create_task(
        mfa.enroll("acme", user, actor=actor, method=Method.PUSH, enrollment_id=f"dev_{device * 16}")
    )


async def test_who_finds_room_at_once_does_not_overtake_who_waits_for_it() -> None:
    wire = FullBatch(lambda sent: [answered(sent)])
    async with client(wire) as mfa:
        asked = [ask(mfa, "ann", "a"), ask(mfa, "ann", "b"), ask(mfa, "ann", "c")]
        await asyncio.sleep(0.05)
        wire.room.set()
        await asyncio.gather(*asked)

    order = [sent.value.split(b"dev_")[1][:1] for sent in wire.sent]
    assert order == [b"a", b"b", b"c"]


async def test_another_user_does_not_wait() -> None:
    wire = FullBatch(lambda sent: [answered(sent)])
    async with client(wire) as mfa:
        anns = ask(mfa, "ann", "a")
        await asyncio.sleep(0.05)
        await ask(mfa, "bob", "b")
        assert not anns.done()
        wire.room.set()
        await anns


async def test_a_lock_that_nobody_needs_is_forgotten() -> None:
    turns = Turns()
    async with turns.of(b"acme/ann"):
        pass
    gc.collect()

    assert not turns._locks  # noqa: SLF001 - what is forgotten cannot be seen otherwise
