"""Who writes to the input: single records, and transactions whose markers leave holes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from exactly_once import Output, Partition
from simulation.pondering import BAD, TOO_LARGE
from support.kafka_model import Fate

if TYPE_CHECKING:
    from simulation.scene import Scene

_IN_TRANSACTION = 0.15


class Clients:
    """Write all commands within the time of trouble."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._written = 0

    async def write(self) -> None:
        """Write in bursts, so that some batches hold several records of a key."""
        weather, random = self._scene.weather, self._scene.random
        pause = 2 * weather.trouble_seconds / weather.commands
        while self._written < weather.commands:
            partition = random.randrange(weather.partitions)
            self._append(partition, random.choice([1, 1, 2, 4]))
            await asyncio.sleep(random.uniform(0, pause))

    def _append(self, partition: int, count: int) -> None:
        scene = self._scene
        outputs = [self._command() for _ in range(count)]
        place = (scene.spec.input_topic, Partition(partition))
        if scene.random.random() < _IN_TRANSACTION:
            client = f"client-{self._written}"
            epoch = scene.cluster.take(client)
            scene.cluster.append(client, epoch, place, outputs)
            scene.cluster.end(client, epoch, scene.random.choice([Fate.COMMITTED, Fate.ABORTED]))
        else:
            scene.cluster.write(*place, outputs)
        scene.trace.note("client", f"writes {count} to {partition}")
        scene.wake()

    def _command(self) -> Output:
        scene, self._written = self._scene, self._written + 1
        key = f"k{scene.random.randrange(scene.weather.keys)}".encode()
        value = f"v{self._written}".encode()
        if scene.random.random() < scene.weather.bad_commands:
            value = scene.random.choice([BAD, TOO_LARGE])
        return Output(scene.spec.input_topic, key, value)
