"""What can be counted, for Prometheus; positions are read when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from exactly_once.observations import Committed
from mfa_projections.projecting.observations import Projected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from exactly_once import Status


class Metrics:
    """Counters of one process, and the state of its parts by name."""

    def __init__(self, parts: Callable[[], Mapping[str, Status]]) -> None:
        self._registry = CollectorRegistry()
        self._records = self._counter("mfa_projections_records", "Records that were applied")
        self._batches = self._counter("mfa_projections_batches", "Transactions that were committed")
        self._seconds = self._counter("mfa_projections_batch_seconds", "Time in transactions")
        self._repeated = self._counter(
            "mfa_projections_repeated", "Records dropped because they stand twice; expected: 0"
        )
        self._registry.register(_Positions(parts))

    def observe(self, part: str, observation: object) -> None:
        """Count what a part observes."""
        if isinstance(observation, Committed | Projected):
            self._records.labels(part).inc(observation.records)
            self._batches.labels(part).inc()
            self._seconds.labels(part).inc(observation.seconds)
        if isinstance(observation, Projected) and observation.repeated:
            self.repeated(part, observation.repeated)

    def repeated(self, part: str, records: int = 1) -> None:
        """Count records that stand twice in the log."""
        self._repeated.labels(part).inc(records)

    def page(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, told: str) -> Counter:
        return Counter(name, told, ("part",), registry=self._registry)


class _Positions(Collector):
    def __init__(self, parts: Callable[[], Mapping[str, Status]]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        lag = GaugeMetricFamily("mfa_projections_lag", "Offsets to the end", labels=("part", "partition"))
        halted = GaugeMetricFamily("mfa_projections_halted", "Partitions that stand still", labels=("part",))
        for name, now in self._parts().items():
            halted.add_metric((name,), len(now.halted))
            for partition, each in now.partitions.items():
                if each.lag is not None:
                    lag.add_metric((name, str(partition)), each.lag)
        yield lag
        yield halted
