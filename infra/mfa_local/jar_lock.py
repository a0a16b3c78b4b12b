"""The lock of Kafka's jars: one ``group:artifact:version:sha256`` a line, committed beside this file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from mfa_local.errors import BadSettingError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCK_NAME: Final = "kafka-jars.lock"
KAFKA: Final = ("org.apache.kafka", "kafka_2.13")

_LINE: Final = re.compile(r"(?P<group>[\w.-]+):(?P<artifact>[\w.-]+):(?P<version>[\w.+-]+):(?P<sha256>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True, order=True)
class Jar:
    """One jar by its Maven coordinates; ``sha256`` is the lower-case hex digest of the file."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The file's name in a Maven repository."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def path(self) -> str:
        """The file's place below a Maven repository's address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file_name}"


def locked_jars() -> tuple[Jar, ...]:
    """The jars of the committed lock.

    Raises:
        BadSettingError: a line of the lock cannot be read.
    """
    return parse(files("mfa_local").joinpath(LOCK_NAME).read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Jar, ...]:
    """Read a lock; empty lines and lines that begin with ``#`` say nothing."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(_jar(line) for line in lines if line and not line.startswith("#"))


def render(jars: Iterable[Jar]) -> str:
    """Write a lock, sorted, so that a change of it is a small diff."""
    head = "# Apache Kafka and what it needs. Made by `python -m mfa_local.lock_jars`; checked at every download.\n"
    return head + "".join(f"{jar.group}:{jar.artifact}:{jar.version}:{jar.sha256}\n" for jar in sorted(jars))


def kafka_version(jars: Iterable[Jar]) -> str:
    """The version of Apache Kafka in a lock, for instance ``4.2.2``."""
    found = [jar.version for jar in jars if (jar.group, jar.artifact) == KAFKA]
    if len(found) != 1:
        raise BadSettingError(f"{LOCK_NAME}: expected one {':'.join(KAFKA)}, got {len(found)}; make the lock anew.")
    return found[0]


def _jar(line: str) -> Jar:
    found = _LINE.fullmatch(line)
    if found is None:
        hint = "make the lock anew with `python -m mfa_local.lock_jars`"
        raise BadSettingError(f"{LOCK_NAME}: expected group:artifact:version:sha256, got {line!r}; {hint}.")
    return Jar(**found.groupdict())
