"""One real Apache Kafka node in KRaft mode, from locked jars, on 127.0.0.1; its data survive a restart."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_local import child, jar_lock, jars, kafka_age
from mfa_local.errors import ServerDiedError
from mfa_local.java import Java, find_java, of_the_wheel
from mfa_local.kafka_files import Node, log4j2_properties, server_properties
from mfa_local.ports import LOCALHOST
from mfa_local.ready import answers_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from mfa_local.places import Places
    from mfa_local.settings import Settings

_START_S: Final = 60.0
_STOP_S: Final = 15.0
_UNSAFE_IS_DENIED_FROM: Final = 23
_QUICK: Final = ("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")


@dataclass(frozen=True, slots=True)
class Runtime:
    """What is needed to run any of Kafka's programs."""

    java: Java
    class_path: Sequence[Path]
    version: str


@dataclass(frozen=True, slots=True)
class Broker:
    """A running node: ``host:port``, the version of Apache Kafka, and its process."""

    bootstrap: str
    version: str
    child: child.Child


async def prepare(settings: Settings, environ: Mapping[str, str]) -> Runtime:
    """Find Java and have the jars; only the first time this takes a while."""
    locked = jar_lock.locked_jars()
    java = await asyncio.to_thread(find_java, environ, of_the_wheel())
    stop = threading.Event()
    try:
        files = await asyncio.to_thread(jars.fetch, locked, settings.maven, settings.cache / "kafka-jars", stop)
    finally:
        # A thread knows nothing of Ctrl-C.
        stop.set()
    return Runtime(java, files, jar_lock.kafka_version(locked))


@asynccontextmanager
async def running_broker(
    runtime: Runtime, places: Places, ports: tuple[int, int], new_id: UUID
) -> AsyncIterator[Broker]:
    """Run a node until the end of the block.

    ``ports`` are the broker's and the controller's; ``new_id`` becomes the cluster's id if the data directory is new.

    Raises:
        DataTooNewError: a newer Kafka has made the data.
        ServerDiedError: it ended, or did not listen within 60 seconds; with the tail of its log.
    """
    _write_files(places, Node(*ports, places.kafka_data))
    if (places.kafka_data / "meta.properties").exists():
        kafka_age.readable_by(places, runtime.version)
    else:
        kafka_age.note_who_made(places, runtime.version)
        await _format(runtime, places, cluster_id(new_id))
    started = child.start(_command(runtime, places, "kafka.Kafka", [str(_settings_file(places))]))
    try:
        await answers_on(ports[0], started, _START_S)
        yield Broker(f"{LOCALHOST}:{ports[0]}", runtime.version, started)
    finally:
        await child.stop(started, signal.SIGTERM, _STOP_S)


def cluster_id(new_id: UUID) -> str:
    """A cluster id as Kafka writes it: 22 letters of URL-safe base64."""
    text = base64.urlsafe_b64encode(new_id.bytes).decode().rstrip("=")
    # Kafka's own tool takes an id that begins with a dash for an option.
    return text.replace("-", "A", 1) if text.startswith("-") else text


async def _format(runtime: Runtime, places: Places, identity: str) -> None:
    arguments = ["format", "-t", identity, "-c", str(_settings_file(places))]
    tool = child.start(_command(runtime, places, "kafka.tools.StorageTool", arguments))
    code = await asyncio.to_thread(child.finish, tool, _START_S)
    if code != 0:
        raise ServerDiedError(child.told(tool, f"could not format its data (exit code {code})"))


def _command(runtime: Runtime, places: Places, program: str, arguments: Sequence[str]) -> child.Command:
    options = [*_QUICK, f"-Dlog4j2.configurationFile={_logging_file(places)}"]
    if runtime.java.version >= _UNSAFE_IS_DENIED_FROM:
        options.append("--sun-misc-unsafe-memory-access=allow")
    class_path = os.pathsep.join(str(file) for file in runtime.class_path)
    line = [str(runtime.java.program), *options, "-cp", class_path, program, *arguments]
    # Also when we are killed it ends in order: otherwise the next start waits until its session has run out.
    return child.Command("Kafka", line, places.log / "kafka.out", death_signal=signal.SIGTERM)


def _write_files(places: Places, node: Node) -> None:
    places.kafka.mkdir(parents=True, exist_ok=True)
    places.log.mkdir(parents=True, exist_ok=True)
    _settings_file(places).write_text(server_properties(node), encoding="utf-8")
    _logging_file(places).write_text(log4j2_properties(places.log / "kafka.log"), encoding="utf-8")


def _settings_file(places: Places) -> Path:
    return places.kafka / "server.properties"


def _logging_file(places: Places) -> Path:
    return places.kafka / "log4j2.properties"
