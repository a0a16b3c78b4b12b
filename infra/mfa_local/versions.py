"""What a backend runs, before it is started."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, assert_never

from mfa_local import jar_lock, postgres_home
from mfa_local.containers import POSTGRES_IMAGE

if TYPE_CHECKING:
    from mfa_local.settings import Backend


def versions(backend: Backend) -> str:
    """For people, for instance ``Kafka 4.2.2, PostgreSQL 18.6``."""
    kafka = jar_lock.kafka_version(jar_lock.locked_jars())
    match backend:
        case "configured":
            return "Kafka and PostgreSQL as configured"
        case "containers":
            return f"images apache/kafka:{kafka}, {POSTGRES_IMAGE}"
        case "embedded":
            return f"Kafka {kafka}, PostgreSQL {_postgres()}"
        case _:
            assert_never(backend)


def _postgres() -> str:
    line = [str(postgres_home.find_programs() / "postgres"), "--version"]
    told = subprocess.run(line, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603  # our own path
    return told.stdout.split()[2]
