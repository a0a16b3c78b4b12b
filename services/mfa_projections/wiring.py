"""The one place where the service is put together: relay, views and audit table on one broker, one pool, one page."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from faststream.asgi import AsgiFastStream

from exactly_once import Leases, Limits, Spec
from exactly_once import Setting as LeaseSetting
from exactly_once.adapters import pages
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.faststream_host import FastStreamHost, HostSettings
from exactly_once.adapters.patient_broker import PatientBroker
from exactly_once.adapters.process import spread
from mfa_contracts import topics
from mfa_projections.adapters import health
from mfa_projections.adapters.connecting import pool_at
from mfa_projections.adapters.logs import observer
from mfa_projections.adapters.metrics import Metrics
from mfa_projections.adapters.postgres import PostgresDatabase
from mfa_projections.adapters.relay import AuditRelay, spec
from mfa_projections.adapters.statements import OURS
from mfa_projections.projecting import AuditTable, Projectors, Setting, Views

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from structlog.typing import FilteringBoundLogger

    from exactly_once import Record, Status
    from mfa_projections.adapters.relay import Told, Users
    from mfa_projections.adapters.statements import Shape
    from mfa_projections.projecting import Projection
    from mfa_projections.settings import Settings

RELAY: Final = "relay"
VIEWS: Final = "views"
AUDIT: Final = "audit"


@dataclass(frozen=True, slots=True)
class Topics:
    """What is read and written; tests have their own."""

    events: str = topics.EVENTS
    audit: str = topics.AUDIT
    audit_state: str = topics.AUDIT_STATE


class Service:
    """The parts of one process. ``app`` is the whole as an ASGI application; it runs in the loop that it is made in."""

    def __init__(
        self, settings: Settings, logger: FilteringBoundLogger, database: PostgresDatabase, names: Topics | None = None
    ) -> None:
        self._settings = settings
        self._logger = logger
        self._names = names or Topics()
        self._connection = Connection(settings.kafka_bootstrap)
        self._log = AiokafkaLog(self._connection)
        self._broker = PatientBroker(
            settings.kafka_bootstrap,
            on_gone=self.broker_gone,
            on_there=self.broker_there,
            before=self._look_at_topics,
            logger=None,
        )
        self.database = database
        self.metrics = Metrics(self.status)
        self.relay = self._relay()
        self.views = self._projectors(VIEWS, Views(self._names.events))
        self.audit = self._projectors(AUDIT, AuditTable(self._names.audit))
        self.app = self._app()

    def _app(self) -> AsgiFastStream:
        shown = pages.routes(self._why_not_live, self._why_not_ready, self.metrics.page)
        return AsgiFastStream(
            self._broker, asgi_routes=shown, logger=None, lifespan=self._lifespan, on_shutdown=[self._drain]
        )

    async def _why_not_live(self) -> Sequence[str]:
        return health.why_not_live(self.status(), float(self._settings.stuck_after_seconds))

    async def _why_not_ready(self) -> Sequence[str]:
        return health.why_not_ready(self.status(), await self.database.missing())

    def status(self) -> Mapping[str, Status]:
        """Say where each part is."""
        return {RELAY: self.relay.status(), VIEWS: self.views.status(), AUDIT: self.audit.status()}

    def _relay(self) -> Leases[Users, Mapping[bytes, Told]]:
        names = self._relay_names()
        host = FastStreamHost(self._broker, names, self._observer(RELAY), HostSettings())
        setting = LeaseSetting(
            spec=names,
            application=AuditRelay(names, self._repeated),
            producers=AiokafkaProducers(self._connection, names),
            consumer=host.consumer,
            log=self._log,
            observe=self._observer(RELAY),
            limits=Limits(transaction_records=self._settings.relay_records),
            spread=spread,
        )
        leases = Leases(setting)
        host.serve(leases)
        return leases

    def _relay_names(self) -> Spec:
        group = f"{self._settings.projections_group}.{RELAY}"
        return spec(group, self._names.events, self._names.audit, self._names.audit_state)

    def _projectors(self, part: str, projection: Projection) -> Projectors:
        group = f"{self._settings.projections_group}.{part}"
        # Of a group's names only the input counts: nothing is written to Kafka here.
        names = Spec(group, group, projection.topic, main_topic=projection.topic, state_topic=projection.topic)
        most = self._settings.projection_records
        host = FastStreamHost(self._broker, names, self._observer(part), HostSettings(batch_records=most))
        setting = Setting(
            projection=projection,
            database=self.database,
            consumer=host.consumer,
            log=self._log,
            observe=self._observer(part),
            now=monotonic,
            spread=spread,
            limits=Limits(transaction_records=most, transaction_bytes=4 * 1024 * 1024, queue_records=4 * most),
        )
        projectors = Projectors(setting)
        host.serve(projectors)
        return projectors

    @asynccontextmanager
    async def _lifespan(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self._log.close()

    async def _drain(self) -> None:
        for part in (self.relay, self.views, self.audit):
            await part.drain()

    def _observer(self, part: str) -> Callable[[object], None]:
        write = observer(self._logger, part)

        def observe(observation: object) -> None:
            self.metrics.observe(part, observation)
            write(observation)

        return observe

    def _repeated(self, record: Record) -> None:
        self.metrics.repeated(RELAY)
        self._logger.warning("RecordRepeated", part=RELAY, partition=record.partition, offset=record.offset)

    async def _look_at_topics(self) -> None:
        # Raises what is told as the reason: a topic that is missing, or has another number of partitions.
        await self._log.identity((self._names.events, self._names.audit, self._names.audit_state))

    def broker_gone(self, error: str) -> None:
        """Tell each part that the broker cannot be used."""
        self.relay.broker_gone(error)
        self.views.outages.broker_gone(error)
        self.audit.outages.broker_gone(error)

    def broker_there(self) -> None:
        """Tell each part that the broker has answered: one without a share of the work would not find out by itself."""
        self.relay.broker_there()
        self.views.outages.broker_there()
        self.audit.outages.broker_there()


@asynccontextmanager
async def service(
    settings: Settings, logger: FilteringBoundLogger, names: Topics | None = None, shape: Shape = OURS
) -> AsyncIterator[Service]:
    """Put the service together; Kafka and the database may be away."""
    url = settings.database_url.get_secret_value()
    async with database_at(url, settings.database_connections, shape) as database:
        yield Service(settings, logger, database, names)


@asynccontextmanager
async def database_at(url: str, most_connections: int = 4, shape: Shape = OURS) -> AsyncIterator[PostgresDatabase]:
    """The database at an address; it is connected to at first use."""
    async with pool_at(url, most_connections) as pool, pool_at(url, 1) as questions:
        yield PostgresDatabase(pool, questions, shape=shape)
