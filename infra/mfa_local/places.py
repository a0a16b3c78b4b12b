"""Where the local servers keep what they write: one directory, ``.local`` in a checkout."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_local.errors import AlreadyRunningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """All files and directories below ``root``."""

    root: Path

    @property
    def log(self) -> Path:
        """One log for each server and worker."""
        return self.root / "log"

    @property
    def kafka(self) -> Path:
        """Kafka's data, its settings and its identity."""
        return self.root / "kafka"

    @property
    def kafka_data(self) -> Path:
        """Kafka's log directory."""
        return self.kafka / "data"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data, where the user that runs it can reach it."""
        return self.root / "postgres"

    @property
    def secrets(self) -> Path:
        """Keys and passwords, made once, readable by the owner alone."""
        return self.root / "secrets"

    @property
    def ports(self) -> Path:
        """The ports of the last start, so that an address stays what it was where possible."""
        return self.root / "ports.json"

    @property
    def connection(self) -> Path:
        """How to reach what is running; there only while it runs."""
        return self.root / "connection.json"

    @property
    def lock(self) -> Path:
        """Held while something runs on this directory; holds the process id."""
        return self.root / "lock"


@contextmanager
def claimed(places: Places) -> Iterator[None]:
    """Keep everybody else off this directory until the end; a killed process lets go by itself.

    Raises:
        AlreadyRunningError: somebody else has it.
    """
    places.root.mkdir(parents=True, exist_ok=True)
    with places.lock.open("a+", encoding="utf-8") as lock:
        _take(lock.fileno(), places)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def forget(places: Places) -> None:
    """Throw away data, ports and logs, but not the lock that we hold."""
    for directory in (places.log, places.kafka, places.secrets):
        shutil.rmtree(directory, ignore_errors=True)
    for file in (places.ports, places.connection):
        file.unlink(missing_ok=True)


def _take(lock: int, places: Places) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = places.lock.read_text(encoding="utf-8") or "unknown"
        raise AlreadyRunningError(
            f"{places.root} is in use by process {owner}. Stop that one first (Ctrl-C where it runs), or set "
            "MFA_LOCAL_DIR to another directory to run a second, separate stack."
        ) from error
