"""The read side's tables in memory: one transaction at a time, kept only when its block ends well.

Held against the same contract as PostgreSQL in ``tests/integration/test_projections_database.py``.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from exactly_once import Offset
from mfa_projections.errors import OvertakenError, RowRefusedError, StoreError
from mfa_projections.projecting import Head
from mfa_projections.projecting.ports import Numbered
from mfa_projections.views import UserRows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from uuid import UUID

    from exactly_once import LogIdentity
    from mfa_projections.projecting import Checkpoint, Place
    from mfa_projections.projecting.ports import AuditRow, Changes
    from mfa_projections.views import Enrollments, HistoryRow, RecoveryCode, Status, UserKey

RowT = TypeVar("RowT")


@dataclass
class Kept:
    """What was committed."""

    offsets: dict[Place, Offset] = field(default_factory=dict)
    caught_up_at: dict[Place, datetime] = field(default_factory=dict)
    status: dict[UserKey, Status] = field(default_factory=dict)
    enrollments: dict[UserKey, Enrollments] = field(default_factory=dict)
    recovery_codes: dict[UserKey, RecoveryCode] = field(default_factory=dict)
    history: dict[Numbered, HistoryRow] = field(default_factory=dict)
    audit: dict[Numbered, AuditRow] = field(default_factory=dict)
    logs: dict[tuple[str, int], LogIdentity] = field(default_factory=dict)


NOW = datetime(2026, 5, 4, tzinfo=UTC)
"""What the database's clock says."""


class MemoryDatabase:
    """``steps`` tells what was asked of it in order; ``away``: it fails; ``refuses``: a user that it will not take."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.steps: list[str] = []
        self.written: list[Changes] = []
        self.away = False
        self.refusal: Exception | None = None
        self.refuses = ""
        self._turn = asyncio.Lock()

    async def next_offset(self, place: Place) -> Offset:
        self._ask("next_offset")
        return self.kept.offsets.setdefault(place, Offset(0))

    async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:  # noqa: ARG002 - a log of one topic
        return self.kept.logs.setdefault((projection, version), found)

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[MemoryTransaction]:
        async with self._turn:
            self._ask("begin" if durable else "begin lightly")
            transaction = MemoryTransaction(self, deepcopy(self.kept))
            yield transaction
            self._ask("commit")
            self.kept = transaction.now

    def _ask(self, step: str) -> None:
        self.steps.append(step)
        if self.away:
            raise StoreError("away")


class MemoryTransaction:
    """One transaction under way on a copy."""

    def __init__(self, database: MemoryDatabase, now: Kept) -> None:
        self._database = database
        self.now = now

    async def move(self, place: Place, expected: Offset, checkpoint: Checkpoint) -> None:
        self._database.steps.append("move")
        if self.now.offsets.get(place) != expected:
            raise OvertakenError("elsewhere")
        self.now.offsets[place] = checkpoint.next_offset
        if checkpoint.age_seconds is not None:
            self.now.caught_up_at[place] = NOW - timedelta(seconds=checkpoint.age_seconds)

    async def rows(self, users: Collection[UserKey]) -> Mapping[UserKey, UserRows]:
        self._database.steps.append("rows")
        now = self.now
        known = [key for key in users if key in now.status]
        return {key: UserRows(now.status[key], now.enrollments[key], now.recovery_codes[key]) for key in known}

    async def events_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        return {number: self.now.history[number].event_id for number in numbers if number in self.now.history}

    async def write(self, changes: Changes) -> None:
        self._database.steps.append("write")
        self._database.written.append(changes)
        if self._database.refusal and any(user == self._database.refuses for _, user in changes.status):
            raise self._database.refusal
        self.now.status |= changes.status
        self.now.enrollments |= changes.enrollments
        self.now.recovery_codes |= changes.recovery_codes
        for row in changes.history:
            _append(self.now.history, Numbered(row.tenant_id, row.user_id, row.sequence), row)

    async def audit_heads(self, users: Collection[UserKey]) -> Mapping[UserKey, Head]:
        heads = {n[:2]: Head(n.sequence, row.message.id) for n, row in sorted(self.now.audit.items())}
        return {key: heads[key] for key in users if key in heads}

    async def audit_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        return {number: self.now.audit[number].message.id for number in numbers if number in self.now.audit}

    async def write_audit(self, rows: Sequence[AuditRow]) -> None:
        for row in rows:
            message = row.message
            _append(self.now.audit, Numbered(message.tenantid, message.subject, message.sequence), row)

    async def forget(self, projection: str, version: int) -> None:
        now, gone = self.now, [p for p in self.now.offsets if (p.projection, p.version) == (projection, version)]
        for place in gone:
            del now.offsets[place]
            now.caught_up_at.pop(place, None)
        now.logs.pop((projection, version), None)
        if projection == "views":
            now.status, now.enrollments, now.recovery_codes, now.history = {}, {}, {}, {}
        else:
            now.audit = {}


def _append(table: dict[Numbered, RowT], number: Numbered, row: RowT) -> None:
    if number in table:
        raise RowRefusedError("expected a number that is not taken")
    table[number] = row
