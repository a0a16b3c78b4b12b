"""The views' projection beside the bare upserts that it comes down to, made ready beforehand."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import asyncpg

from benchmarks.answering import sender
from benchmarks.comparison import Row, compared
from benchmarks.load import opened
from benchmarks.workers import OURS
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.process import collect_rarely
from mfa_local.workers import running_workers
from mfa_projections.adapters import view_rows
from mfa_projections.adapters.statements import sql
from mfa_projections.projecting import Views
from mfa_projections.projecting.filling import Filling
from mfa_projections.rebuild import versions_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from benchmarks.scene import Scene
    from exactly_once import Record
    from mfa_projections.adapters.versions import PostgresVersions
    from mfa_projections.projecting.ports import Changes, Transaction

TARGET: Final = 0.4
_FACTS_OF_A_USER: Final = 5
_CONNECTIONS: Final = 1
"""For both: what is compared is the work, not how it is spread."""

Columns = dict[str, "Sequence[Sequence[object]]"]
"""By statement, what it is given."""


async def projection_rows(scene: Scene) -> AsyncIterator[Row]:
    """Fold a log of real events into empty tables, and upsert the very same rows without a log or a fold."""
    scene.say(f"projections: making {scene.size.facts:,} events")
    await _make_facts(scene)
    collect_rarely()
    log = AiokafkaLog(Connection(scene.connection.kafka_bootstrap))
    try:
        async with versions_at(scene.connection.database_url, _CONNECTIONS) as database:
            kept = _KeepingViews()
            await _fold(log, database, kept)
            rows = sum(len(columns[0]) for batch in kept.written for columns in batch.values())
            ours, raw = await _interleaved(scene, log, database, kept.written)
    finally:
        await log.close()
    yield compared(
        "projected rows", [rows / seconds for seconds in ours], [rows / s for s in raw], "rows/s", TARGET, "higher"
    )


async def _interleaved(
    scene: Scene, log: AiokafkaLog, database: PostgresVersions, written: Sequence[Columns]
) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    raw: list[float] = []
    for repeat in range(scene.size.repeats):
        scene.say(f"projections: {repeat + 1} of {scene.size.repeats}")
        ours.append(await _fold(log, database, Views()))
        raw.append(await _upsert(scene, database, written))
    return ours, raw


async def _make_facts(scene: Scene) -> None:
    connection = scene.connection
    async with (
        running_workers(connection, ("mfa_commands",)),
        sender(connection.kafka_bootstrap, OURS, connection.partitions) as ours,
    ):
        asked = [scene.workshop.enroll(user) for user in scene.users(scene.size.facts // _FACTS_OF_A_USER)]
        await ours.burst(asked)
        for _ in range(2):
            asked = [scene.workshop.redeem(p.command.subject, opened(p, ours.answer(p))) for p in asked]
            await ours.burst(asked)


async def _fold(log: AiokafkaLog, database: PostgresVersions, views: Views) -> float:
    found = await log.identity((views.topic,))
    made = (await database.make()).number
    began = time.perf_counter()
    filling = Filling(views, database, log, found, made, comparable=False, progressed=lambda _: None)
    await filling.begin()
    await filling.fill({partition: ends.stable for partition, ends in (await filling.ends()).items()})
    took = time.perf_counter() - began
    await database.drop(made)
    return took


async def _upsert(scene: Scene, database: PostgresVersions, written: Sequence[Columns]) -> float:
    made = (await database.make()).number
    connection = await asyncpg.connect(scene.connection.database_url)
    try:
        began = time.perf_counter()
        for batch in written:
            async with connection.transaction():
                for statement, columns in batch.items():
                    await connection.execute(sql(statement, made), *columns)
        return time.perf_counter() - began
    finally:
        await connection.close()
        await database.drop(made)


class _KeepingViews(Views):
    """The projection, keeping what it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Columns] = []

    async def apply(self, transaction: Transaction, records: Sequence[Record]) -> int:
        kept = _KeepingTransaction(transaction, self.written)
        return await super().apply(cast("Transaction", kept), records)


@dataclass
class _KeepingTransaction:
    transaction: Transaction
    written: list[Columns]

    def __getattr__(self, name: str) -> object:
        return getattr(self.transaction, name)

    async def write(self, changes: Changes) -> None:
        columns: Columns = {
            "status_upsert": view_rows.columns(changes.status.values()),
            "enrollments_upsert": view_rows.enrollments_columns(changes.enrollments.values()),
            "recovery_codes_upsert": view_rows.columns(changes.recovery_codes.values()),
            "history_append": view_rows.columns(changes.history),
        }
        self.written.append({statement: given for statement, given in columns.items() if given})
        await self.transaction.write(changes)
