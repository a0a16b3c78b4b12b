"""What can be counted, for Prometheus; positions are read when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from exactly_once.observations import Committed, RecordPoisoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from exactly_once import Observation, Status


class Metrics:
    """Counters of one process, and where its leases are."""

    def __init__(self, status: Callable[[], Status]) -> None:
        self._registry = CollectorRegistry()
        self._commands = self._counter("mfa_commands_decided", "Commands whose transaction was committed")
        self._batches = self._counter("mfa_commands_transactions", "Transactions that were committed")
        self._seconds = self._counter("mfa_commands_transaction_seconds", "Time from taking commands to their commit")
        self._poisoned = self._counter(
            "mfa_commands_poisoned", "Commands that the service itself failed on; expected: 0"
        )
        self._repeated = self._counter("mfa_commands_repeated", "Events that stand twice in the log; expected: 0")
        self._registry.register(_Positions(status))

    def observe(self, observation: Observation) -> None:
        """Count what the leases observe."""
        if isinstance(observation, Committed):
            self._commands.inc(observation.records)
            self._batches.inc()
            self._seconds.inc(observation.seconds)
        elif isinstance(observation, RecordPoisoned):
            self._poisoned.inc()

    def repeated(self) -> None:
        """Count an event that stands twice in the log."""
        self._repeated.inc()

    def page(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, told: str) -> Counter:
        return Counter(name, told, registry=self._registry)


class _Positions(Collector):
    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._status()
        lag = GaugeMetricFamily("mfa_commands_lag", "Offsets to the end of mfa.commands", labels=("partition",))
        for partition, each in now.partitions.items():
            if each.lag is not None:
                lag.add_metric((str(partition),), each.lag)
        yield lag
        yield GaugeMetricFamily("mfa_commands_halted", "Partitions that stand still", len(now.halted))
