"""Real states of users, by the real worker: enrolled, and once logged in with the recovery code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.answering import sender
from benchmarks.load import TENANT, opened
from benchmarks.seeding import kept
from benchmarks.workers import OURS
from mfa_contracts import topics
from mfa_local.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.scene import Scene

_PATTERNS = 20


async def state_patterns(scene: Scene) -> Sequence[bytes]:
    """Let a few users enrol and redeem, and give their states as they stand in ``mfa.state``."""
    connection = scene.connection
    async with (
        running_workers(connection, ("mfa_commands",)),
        sender(connection.kafka_bootstrap, OURS, connection.partitions) as ours,
    ):
        users = scene.users(_PATTERNS)
        enrolling = [scene.workshop.enroll(user) for user in users]
        await ours.burst(enrolling)
        await ours.burst([scene.workshop.redeem(p.command.subject, opened(p, ours.answer(p))) for p in enrolling])
    states = await kept(connection.kafka_bootstrap, topics.STATE, connection.partitions)
    return [states[f"{TENANT}/{user}".encode()] for user in users]
