"""The one place where the service is put together: leases that decide commands, on one broker, with one page."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from faststream.asgi import AsgiFastStream

from exactly_once import Leases, Limits, Setting, Spec
from exactly_once.adapters import pages
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.faststream_host import FastStreamHost, HostSettings
from exactly_once.adapters.patient_broker import PatientBroker
from exactly_once.adapters.process import spread
from exactly_once.readiness import why_not_live, why_not_ready
from mfa_commands.adapters.application import CommandApplication, spec
from mfa_commands.adapters.codes import Randomness, RecoveryCodes
from mfa_commands.adapters.logs import observer
from mfa_commands.adapters.metrics import Metrics
from mfa_commands.adapters.tokens import TokenVerifier
from mfa_commands.adapters.topology import Topology
from mfa_commands.domain.facts import Policy
from mfa_commands.handling import Tools

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from structlog.typing import FilteringBoundLogger

    from exactly_once import Observation, Record, Status
    from mfa_commands.adapters.application import Users
    from mfa_commands.adapters.keys import Keys
    from mfa_commands.settings import Settings

RANDOMNESS: Final = Randomness(below=secrets.randbelow, octets=secrets.token_bytes)


class Service:
    """The parts of one process. ``app`` is the whole as an ASGI application; it runs in the loop that it is made in."""

    def __init__(self, settings: Settings, keys: Keys, logger: FilteringBoundLogger, names: Spec | None = None) -> None:
        self._settings = settings
        self._logger = logger
        self._names = names or spec(settings.group)
        self._connection = Connection(settings.kafka_bootstrap)
        self._log = AiokafkaLog(self._connection)
        topology = Topology(self._connection, self._names, self._log, one_broker=settings.embedded)
        self._broker = PatientBroker(
            settings.kafka_bootstrap, on_gone=self._gone, on_there=self._there, before=topology.check, logger=None
        )
        self.metrics = Metrics(self._status)
        self._observe = _both(self.metrics.observe, observer(logger))
        self.leases = self._leases(tools(keys, topology.partition_of))
        self.app = self._app()

    def _leases(self, decide_with: Tools) -> Leases[Users, Mapping[bytes, bytes]]:
        host = FastStreamHost(
            self._broker, self._names, self._observe, HostSettings(batch_records=self._settings.batch_records)
        )
        setting = Setting(
            spec=self._names,
            application=CommandApplication(decide_with, self._repeated),
            producers=AiokafkaProducers(self._connection, self._names),
            consumer=host.consumer,
            log=self._log,
            observe=self._observe,
            limits=Limits(
                transaction_records=self._settings.batch_records, transaction_bytes=self._settings.batch_bytes
            ),
            spread=spread,
        )
        leases = Leases(setting)
        host.serve(leases)
        return leases

    def _app(self) -> AsgiFastStream:
        shown = pages.routes(self._why_not_live, self._why_not_ready, self.metrics.page)
        return AsgiFastStream(
            self._broker, asgi_routes=shown, logger=None, lifespan=self._lifespan, on_shutdown=[self.leases.drain]
        )

    @asynccontextmanager
    async def _lifespan(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self._log.close()

    async def _why_not_live(self) -> Sequence[str]:
        return why_not_live(self.leases.status(), float(self._settings.stuck_after_seconds))

    async def _why_not_ready(self) -> Sequence[str]:
        return why_not_ready(self.leases.status())

    def _status(self) -> Status:
        return self.leases.status()

    def _repeated(self, record: Record) -> None:
        self.metrics.repeated()
        self._logger.warning("RecordRepeated", partition=record.partition, offset=record.offset)

    def _gone(self, error: str) -> None:
        self.leases.broker_gone(error)

    def _there(self) -> None:
        self.leases.broker_there()


def tools(keys: Keys, partition_of: Callable[[bytes], int], policy: Policy | None = None) -> Tools:
    """What commands are decided with, outside of tests."""
    return Tools(
        tokens=TokenVerifier(keys.issuers),
        codes=RecoveryCodes(keys.sealing, keys.peppers, RANDOMNESS),
        partition_of=partition_of,
        now=_now,
        policy=policy or Policy(),
    )


def _both(first: Callable[[Observation], None], second: Callable[[Observation], None]) -> Callable[[Observation], None]:
    def observe(observation: Observation) -> None:
        first(observation)
        second(observation)

    return observe


def _now() -> datetime:
    # Milliseconds, as messages carry them: what is kept must equal what can be read back.
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
