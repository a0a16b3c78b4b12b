"""What befalls the workers and the cluster during the time of trouble."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from exactly_once import Offset, Output, Partition
from support.kafka_model import ConcurrentTransactionsError, Fate

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.processes import Process
    from simulation.scene import Scene
    from simulation.worker import Worker

_PAUSES = (0.2, 1.0, 2.5, 5.0)
"""Shorter than a session and longer."""


class Misfortune:
    """Strikes at drawn times; ``end`` undoes what does not end by itself."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._strangers = 0
        scene.network.on_request = self._meet

    async def strike(self) -> None:
        """Let everything of this seed's weather happen."""
        random, trouble = self._scene.random, self._scene.weather.trouble_seconds
        at = 0.0
        for when, doing in sorted(((random.uniform(0, trouble), d) for d in self._drawn()), key=lambda item: item[0]):
            await asyncio.sleep(when - at)
            at = when
            doing()
        await asyncio.sleep(trouble - at)

    def end(self) -> None:
        """Heal: the network is good, who was stopped runs on, there are workers."""
        scene = self._scene
        scene.trace.note("world", "calm")
        scene.network.calm = True
        for worker in list(scene.workers):
            scene.loop.wake_process(worker.process)
        if not scene.workers:
            scene.begin_worker()

    def _drawn(self) -> list[Callable[[], None]]:
        weather = self._scene.weather
        return [
            *[self._crash] * weather.crashes,
            *[self._pause] * weather.pauses,
            *[self._restart] * weather.restarts,
            *[self._fence] * weather.fences,
            *[self._stranger] * weather.strangers,
            *[self._move_offset] * weather.offsets_moved,
            *[self._compact] * weather.compactions,
        ]

    # ---- workers ----------------------------------------------------------------------------------------------

    def _crash(self) -> None:
        if self._scene.workers:
            self._kill(self._any_worker())

    def _pause(self) -> None:
        if self._scene.workers:
            self._stop_for_a_while(self._any_worker())

    def _restart(self) -> None:
        if self._scene.workers:
            worker = self._any_worker()
            self._scene.trace.note(worker.process.name, "is told to stop")
            worker.stop()
        self._scene.network.later(self._scene.random.uniform(0, 2), self._begin)

    def _meet(self, process: Process) -> None:
        """Misfortune in the middle of a request."""
        scene, random = self._scene, self._scene.random
        met = random.random()
        if met >= scene.weather.killed_asking + scene.weather.stopped_asking:
            return
        strike = self._kill if met < scene.weather.killed_asking else self._stop_for_a_while
        worker = next((w for w in scene.workers if w.process is process), None)
        if worker is not None:
            scene.network.later(random.uniform(0, 0.03), strike, worker)

    def _kill(self, worker: Worker) -> None:
        if worker.process.dead or self._scene.network.calm:
            return
        self._scene.trace.note(worker.process.name, "KILLED")
        self._scene.loop.stop_process(worker.process)
        self._scene.ended(worker)
        self._scene.network.later(self._scene.random.uniform(0, 3), self._begin)

    def _stop_for_a_while(self, worker: Worker) -> None:
        if worker.process.dead or not worker.process.runs or self._scene.network.calm:
            return
        seconds = self._scene.random.choice(_PAUSES) * self._scene.random.uniform(0.5, 1.5)
        self._scene.trace.note(worker.process.name, f"STOPPED for {seconds:.2f} s")
        self._scene.loop.stop_process(worker.process)
        self._scene.network.later(seconds, self._wake, worker)

    def _wake(self, worker: Worker) -> None:
        if not worker.process.dead and not worker.process.runs:
            self._scene.trace.note(worker.process.name, "WAKES")
            self._scene.loop.wake_process(worker.process)

    def _begin(self) -> None:
        if not self._scene.network.down:
            self._scene.begin_worker()

    def _any_worker(self) -> Worker:
        return self._scene.random.choice(self._scene.workers)

    # ---- the cluster ------------------------------------------------------------------------------------------

    def _fence(self) -> None:
        """Somebody takes a partition's id and does nothing with it: the broker's own time-out, or a stray worker."""
        scene = self._scene
        owned = sorted(scene.cluster.transactional_ids)
        mine = [name for name in owned if not name.startswith(("client", "stranger"))]
        if mine:
            name = scene.random.choice(mine)
            scene.trace.note("world", f"fences {name}")
            with suppress(ConcurrentTransactionsError):
                scene.cluster.take(name)

    def _stranger(self) -> None:
        """Somebody's transaction stays open in an output; it comes to nothing."""
        scene, self._strangers = self._scene, self._strangers + 1
        name = f"stranger-{self._strangers}"
        topic = scene.random.choice([scene.spec.main_topic, scene.spec.state_topic])
        place = (topic, Partition(scene.random.randrange(scene.weather.partitions)))
        epoch = scene.cluster.take(name)
        scene.cluster.append(name, epoch, place, [Output(topic, b"strange", b"1")])
        seconds = scene.random.uniform(0.1, 6)
        scene.trace.note("world", f"{name} opens a transaction in {place} for {seconds:.2f} s")
        scene.network.later(seconds, scene.cluster.end, name, epoch, Fate.ABORTED)

    def _move_offset(self) -> None:
        """Somebody sets the group's offset, backwards or forwards, or it expires."""
        scene = self._scene
        partition = Partition(scene.random.randrange(scene.weather.partitions))
        place = (scene.spec.input_topic, partition)
        offset = Offset(scene.random.randint(0, scene.cluster.log(*place).high))
        scene.trace.note("world", f"sets the group's offset of {partition} to {offset}")
        scene.cluster.group_offsets[scene.spec.group, place] = offset

    def _compact(self) -> None:
        scene = self._scene
        partition = scene.random.randrange(scene.weather.partitions)
        scene.trace.note("world", f"compacts the state of {partition}")
        scene.cluster.log(scene.spec.state_topic, partition).compact()
