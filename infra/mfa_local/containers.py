"""The containers backend: the same Kafka and PostgreSQL from images, where a Docker engine answers.

Their data end with the block.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_local import jar_lock
from mfa_local.kafka_files import Node, broker_settings
from mfa_local.ports import LOCALHOST, free_port
from mfa_local.postgres import DATABASE
from mfa_local.secrets import postgres_password
from mfa_local.servers import Servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from testcontainers.core.container import DockerContainer

    from mfa_local.places import Places

POSTGRES_IMAGE: Final = "postgres:18"
_CONTROLLER_PORT: Final = 9093
_POSTGRES_PORT: Final = 5432


@dataclass(frozen=True, slots=True)
class Image:
    """What to run: a port of 127.0.0.1 is bound to a port of the container."""

    name: str
    host_port: int
    container_port: int
    environment: Mapping[str, str]


@asynccontextmanager
async def container_servers(places: Places) -> AsyncIterator[Servers]:
    """Run both images until the end of the block; the first time they are pulled."""
    version = jar_lock.kafka_version(jar_lock.locked_jars())
    password = postgres_password(places.secrets)
    kafka, database = kafka_image(version, free_port()), postgres_image(free_port(), password)
    async with AsyncExitStack() as stack:
        for image in (kafka, database):
            container = await asyncio.to_thread(_started, image)
            stack.push_async_callback(asyncio.to_thread, container.stop)
        url = f"postgresql://mfa:{password}@{LOCALHOST}:{database.host_port}/{DATABASE}"
        yield Servers(f"{LOCALHOST}:{kafka.host_port}", url, version, ())


def kafka_image(version: str, port: int) -> Image:
    """Apache Kafka's own image of the version that the lock has, with the settings of the embedded broker."""
    # The broker tells its clients its address, so the port must be the same inside and outside.
    node = Node(port, _CONTROLLER_PORT, None)
    settings = {**broker_settings(node), "listeners": f"PLAINTEXT://:{port},CONTROLLER://:{_CONTROLLER_PORT}"}
    environment = {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in settings.items()}
    return Image(f"apache/kafka:{version}", port, port, environment)


def postgres_image(port: int, password: str) -> Image:
    """PostgreSQL's image of the same major version as the embedded one."""
    environment = {
        "POSTGRES_USER": "mfa",
        "POSTGRES_PASSWORD": password,
        "POSTGRES_INITDB_ARGS": "--auth=scram-sha-256 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C",
    }
    return Image(POSTGRES_IMAGE, port, _POSTGRES_PORT, environment)


def _started(image: Image) -> DockerContainer:
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415  # only there with the test dependencies

    container = DockerContainer(image.name, env=dict(image.environment))
    # Docker's own client takes an address with the port; the wrapper's types know the port alone.
    container.ports[f"{image.container_port}/tcp"] = (LOCALHOST, image.host_port)  # type: ignore[assignment]  # see above
    return container.start()
