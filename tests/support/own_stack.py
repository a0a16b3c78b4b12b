"""Servers of a test's own, which it may stop; the same addresses and data at each start."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mfa_local.stack import local_stack
from mfa_local.workers import start_worker, stop_worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from mfa_local.connection import Connection
    from mfa_local.stack import Stack
    from mfa_local.workers import Worker


def environ_at(root: Path) -> Mapping[str, str]:
    """Where the servers keep what they have; two partitions."""
    return {**os.environ, "MFA_LOCAL_DIR": str(root), "MFA_PARTITIONS": "2"}


def servers(environ: Mapping[str, str]) -> AbstractAsyncContextManager[Stack]:
    """Kafka and PostgreSQL, embedded whatever else there is."""
    return local_stack(environ, choice="embedded")


@asynccontextmanager
async def working(connection: Connection, name: str = "mfa_commands") -> AsyncIterator[Worker]:
    """A worker as a process; not waited for."""
    worker = start_worker(connection, name, {})
    try:
        yield worker
    finally:
        await stop_worker(worker)
