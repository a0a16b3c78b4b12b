"""The command worker beside the raw loop: how many commands a second, and how soon one is answered."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from benchmarks.comparison import Row, compared
from benchmarks.load import mix, opened
from benchmarks.workers import both

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from benchmarks.answering import Sender
    from benchmarks.load import Prepared
    from benchmarks.scene import Scene

THROUGHPUT_TARGET = 0.4
LATENCY_TARGET = 1.5


async def command_rows(scene: Scene) -> AsyncIterator[Row]:
    """Measure throughput, then latency, on the same two running workers."""
    async with both(scene.connection) as (ours, raw):
        # The first commands of a process pay for its imports, caches and connections.
        await _times(scene, ours, raw, scene.size.warm_up)
        yield await _throughput(scene, ours, raw)
        yield await _latency(scene, ours, raw)


async def _throughput(scene: Scene, ours: Sender, raw: Sender) -> Row:
    per_second: tuple[list[float], list[float]] = ([], [])
    for repeat in range(scene.size.repeats):
        scene.say(f"commands a second: {repeat + 1} of {scene.size.repeats}, {scene.size.commands} commands each")
        for rates, seconds in zip(per_second, await _times(scene, ours, raw, scene.size.commands), strict=True):
            rates.append(scene.size.commands / seconds)
    return compared("command throughput", *per_second, "commands/s", THROUGHPUT_TARGET, "higher")


async def _latency(scene: Scene, ours: Sender, raw: Sender) -> Row:
    middles: tuple[list[float], list[float]] = ([], [])
    for repeat in range(scene.size.repeats):
        scene.say(f"command to answer at {scene.size.pace:g} a second: {repeat + 1} of {scene.size.repeats}")
        commands = await _mixed(scene, ours, scene.size.paced)
        for times, sender in zip(middles, (ours, raw), strict=True):
            times.append(statistics.median(await sender.paced(commands, scene.size.pace)) * 1000)
    return compared("command to answer, p50", *middles, "ms", LATENCY_TARGET, "lower")


async def _times(scene: Scene, ours: Sender, raw: Sender, count: int) -> tuple[float, float]:
    commands = await _mixed(scene, ours, count)
    return await ours.burst(commands), await raw.burst(commands)


async def _mixed(scene: Scene, ours: Sender, count: int) -> Sequence[Prepared]:
    enrolling = [scene.workshop.enroll(user) for user in scene.users(count * 8 // 10)]
    await ours.burst(enrolling)
    codes: dict[str, str] = {p.command.subject: opened(p, ours.answer(p)) for p in enrolling}
    return mix(scene.workshop, codes, scene.users(count * 2 // 10))
