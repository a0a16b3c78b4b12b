"""One run: a cluster, three workers, clients, misfortune, then calm; and whether all is well at the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulation.checks import problems_of
from simulation.clients import Clients
from simulation.coordinator import Coordinator
from simulation.loop import DeadlockError, VirtualLoop
from simulation.misfortune import Misfortune
from simulation.network import Network
from simulation.pondering import MOST_BYTES
from simulation.trace import Trace
from simulation.variants import SOUND, Variant
from simulation.weather import chance_of, weather_of
from simulation.worker import Worker
from support.copying import copying_spec
from support.kafka_model import Cluster
from support.kafka_model_group import Group

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.kafka_model import Transaction

WORKERS: Final = 3
TRANSACTION_SECONDS: Final = 3.0
"""The broker's bound; longer than the leases' own, as in the product."""
DEADLINE_SECONDS: Final = 60.0
"""How long the calm may last until everything is decided."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a seed. No problems: all is well."""

    seed: int
    problems: tuple[str, ...]
    trace: Trace
    seconds: float


class Scene:
    """The parts of one run, all drawn from its seed."""

    def __init__(self, loop: VirtualLoop, seed: int, variant: Variant) -> None:
        self.loop = loop
        self.variant = variant
        self.weather = weather_of(seed)
        self.random = chance_of(seed, "chance")
        self.trace = Trace()
        self.spec = copying_spec("")
        self.cluster = Cluster(self.spec.topics, self.weather.partitions, MOST_BYTES)
        self.group = Group(self.cluster, self.spec.group, self.spec.input_topic)
        self.network = Network(loop, self.random, self.weather, self.trace)
        self.cluster.write_marker = self._write_marker
        self.cluster.on_open = self._keep_time
        self.coordinator = Coordinator(self.network, self.trace, self.weather.partitions)
        self.clients = Clients(self)
        self.misfortune = Misfortune(self)
        self.workers: list[Worker] = []
        self.past: list[Worker] = []
        self._begun = 0

    def begin_worker(self) -> None:
        """Begin one more worker."""
        self._begun += 1
        worker = Worker(self, f"w{self._begun}")
        self.trace.note(worker.process.name, "begins")
        self.workers.append(worker)

    def ended(self, worker: Worker) -> None:
        """Take note that a worker is no more."""
        worker.process.dead = True
        if worker in self.workers:
            self.trace.note(worker.process.name, "is gone")
            self.workers.remove(worker)
            self.past.append(worker)

    def wake(self) -> None:
        """Tell all consumers that there may be something to read."""
        for worker in self.workers:
            worker.member.news.set()

    def _write_marker(self, do: Callable[[], None]) -> None:
        def mark() -> None:
            do()
            self.wake()

        self.network.write_marker(mark)

    def _keep_time(self, transactional_id: str, transaction: Transaction) -> None:
        if transactional_id.startswith("stranger"):
            return  # who can set its own bound, and gives up by itself
        self.network.later(TRANSACTION_SECONDS, self.cluster.expire, transactional_id, transaction)

    async def play(self) -> list[str]:
        """Trouble, then calm; give the problems that are left."""
        keeping = asyncio.create_task(self.coordinator.keep_time())
        for _ in range(WORKERS):
            self.begin_worker()
        await asyncio.gather(self.clients.write(), self.misfortune.strike())
        self.misfortune.end()
        problems = await self._settled()
        keeping.cancel()
        return problems

    def bury(self) -> list[asyncio.Task[object]]:
        """End all processes, also the dead ones, so that no task is left behind."""
        self.network.down = True
        for worker in (*self.workers, *self.past):
            self.loop.wake_process(worker.process)
        tasks = list(asyncio.all_tasks(self.loop))
        for task in tasks:
            task.cancel()
        return tasks

    def trouble(self) -> list[str]:
        """What must not happen at any time."""
        return [told for worker in (*self.workers, *self.past) for told in worker.trouble]

    async def _settled(self) -> list[str]:
        until = self.loop.time() + DEADLINE_SECONDS
        while not self.trouble() and (problems := problems_of(self)):
            if self.loop.time() > until:
                return [f"not settled after {DEADLINE_SECONDS:g} s of calm", *problems]
            await asyncio.sleep(0.5)
        return self.trouble()


def run(seed: int, variant: Variant = SOUND) -> Run:
    """Run one seed; the same seed gives the same run."""
    loop = VirtualLoop()
    reported: list[str] = []
    loop.set_exception_handler(lambda _, context: reported.append(f"reported: {context['message']}"))
    try:
        scene = Scene(loop, seed, variant)
        playing = loop.create_task(scene.play())
        problems = _outcome(loop, playing)
        seconds = loop.time()
        _buried(loop, scene)
        return Run(seed, (*problems, *reported), scene.trace, seconds)
    finally:
        loop.close()


def _outcome(loop: VirtualLoop, playing: asyncio.Task[list[str]]) -> list[str]:
    try:
        return loop.run_until_complete(playing)
    except DeadlockError as error:
        return [f"deadlock: {error}"]


def _buried(loop: VirtualLoop, scene: Scene) -> None:
    tasks = scene.bury()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks))
