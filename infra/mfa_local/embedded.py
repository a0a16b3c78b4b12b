"""The embedded backend: our own Kafka and PostgreSQL, started side by side."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from mfa_local import kafka, ports, postgres
from mfa_local.postgres_home import find_home
from mfa_local.previous import previous_are_gone
from mfa_local.secrets import postgres_password
from mfa_local.servers import Servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from mfa_local.places import Places
    from mfa_local.settings import Settings


@asynccontextmanager
async def embedded_servers(settings: Settings, places: Places, environ: Mapping[str, str]) -> AsyncIterator[Servers]:
    """Run both until the end of the block.

    Raises:
        LocalError: a program is missing, a download failed, or a server ended; the text says what to do.
    """
    home = await asyncio.to_thread(find_home, places)
    await previous_are_gone(places.kafka_data, home.data)
    chosen = ports.choose(("kafka", "controller", "postgres"), places.ports)
    runtime = await kafka.prepare(settings, environ)
    async with AsyncExitStack() as stack:
        password = postgres_password(places.secrets)
        database = await stack.enter_async_context(postgres.running_server(home, places, chosen["postgres"], password))
        kafka_ports = (chosen["kafka"], chosen["controller"])
        broker = await stack.enter_async_context(kafka.running_broker(runtime, places, kafka_ports, uuid4()))
        yield Servers(
            broker.bootstrap,
            database.database(postgres.DATABASE),
            broker.version,
            children=(broker.child, database.child),
        )
