"""The read side's tables in memory: one transaction at a time, kept only when its block ends well.

Held against the same contract as PostgreSQL in ``tests/integration/test_projections_database.py`` and
``test_projections_versions.py``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from exactly_once import Offset
from mfa_projections.errors import OvertakenError, RowRefusedError, ShapeError, StoreError
from mfa_projections.projecting import Head, Place
from mfa_projections.projecting.ports import Numbered
from mfa_projections.projecting.versions import Projected
from mfa_projections.views import UserRows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from uuid import UUID

    from exactly_once import LogIdentity
    from mfa_projections.projecting import Checkpoint
    from mfa_projections.projecting.ports import AuditRow, Changes
    from mfa_projections.projecting.versions import Standing
    from mfa_projections.views import Enrollments, HistoryRow, RecoveryCode, Status, UserKey

RowT = TypeVar("RowT")


@dataclass
class Rows:
    """The tables of a version."""

    shape: int = 1
    status: dict[UserKey, Status] = field(default_factory=dict)
    enrollments: dict[UserKey, Enrollments] = field(default_factory=dict)
    recovery_codes: dict[UserKey, RecoveryCode] = field(default_factory=dict)
    history: dict[Numbered, HistoryRow] = field(default_factory=dict)
    audit: dict[Numbered, AuditRow] = field(default_factory=dict)


@dataclass
class Kept:
    """What was committed; ``shown`` are the versions that readers were shown, the last one is the active one."""

    offsets: dict[Place, Offset] = field(default_factory=dict)
    caught_up_at: dict[Place, datetime] = field(default_factory=dict)
    logs: dict[tuple[str, int], LogIdentity] = field(default_factory=dict)
    versions: dict[int, Rows] = field(default_factory=lambda: {1: Rows()})
    shown: list[int] = field(default_factory=lambda: [1])
    made: int = 1

    @property
    def readers(self) -> Rows:
        """What readers are shown."""
        return self.versions[self.shown[-1]]

    def standing(self, version: int) -> Standing:
        return {Projected(p.projection, p.partition): at for p, at in self.offsets.items() if p.version == version}


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
        self.shape = 1
        self._turn = asyncio.Lock()
        self.held_back = defaultdict[int, asyncio.Lock](asyncio.Lock)

    async def active(self) -> int:
        self._ask("active")
        if self.kept.readers.shape != self.shape:
            raise ShapeError(f"expected tables of shape {self.shape}")
        return self.kept.shown[-1]

    async def next_offset(self, place: Place) -> Offset:
        self._ask("next_offset")
        return self.kept.offsets.setdefault(place, Offset(0))

    async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:  # noqa: ARG002 - a log of one topic
        return self.kept.logs.setdefault((projection, version), found)

    @asynccontextmanager
    async def transaction(self, version: int, *, durable: bool = True) -> AsyncIterator[MemoryTransaction]:
        async with self.held_back[version], self._turn:
            self._ask("begin" if durable else "begin lightly")
            transaction = MemoryTransaction(self, deepcopy(self.kept), version)
            yield transaction
            self._ask("commit")
            self.kept = transaction.now

    def _ask(self, step: str) -> None:
        self.steps.append(step)
        if self.away:
            raise StoreError("away")


class MemoryTransaction:
    """One transaction under way on a copy."""

    def __init__(self, database: MemoryDatabase, now: Kept, version: int) -> None:
        self._database = database
        self.now = now
        self._version = version

    @property
    def _rows(self) -> Rows:
        if self._version not in self.now.versions:
            raise StoreError("expected tables, found none")
        return self.now.versions[self._version]

    async def move(self, place: Place, expected: Offset, checkpoint: Checkpoint) -> None:
        self._database.steps.append("move")
        if self.now.offsets.get(place) != expected:
            raise OvertakenError("elsewhere")
        self.now.offsets[place] = checkpoint.next_offset
        if checkpoint.age_seconds is not None:
            self.now.caught_up_at[place] = NOW - timedelta(seconds=checkpoint.age_seconds)

    async def rows(self, users: Collection[UserKey]) -> Mapping[UserKey, UserRows]:
        self._database.steps.append("rows")
        now = self._rows
        known = [key for key in users if key in now.status]
        return {key: UserRows(now.status[key], now.enrollments[key], now.recovery_codes[key]) for key in known}

    async def events_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        history = self._rows.history
        return {number: history[number].event_id for number in numbers if number in history}

    async def write(self, changes: Changes) -> None:
        self._database.steps.append("write")
        self._database.written.append(changes)
        if self._database.refusal and any(user == self._database.refuses for _, user in changes.status):
            raise self._database.refusal
        now = self._rows
        now.status |= changes.status
        now.enrollments |= changes.enrollments
        now.recovery_codes |= changes.recovery_codes
        for row in changes.history:
            _append(now.history, Numbered(row.tenant_id, row.user_id, row.sequence), row)

    async def audit_heads(self, users: Collection[UserKey]) -> Mapping[UserKey, Head]:
        heads = {n[:2]: Head(n.sequence, row.message.id) for n, row in sorted(self._rows.audit.items())}
        return {key: heads[key] for key in users if key in heads}

    async def audit_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        audit = self._rows.audit
        return {number: audit[number].message.id for number in numbers if number in audit}

    async def write_audit(self, rows: Sequence[AuditRow]) -> None:
        for row in rows:
            message = row.message
            _append(self._rows.audit, Numbered(message.tenantid, message.subject, message.sequence), row)

    async def hold(self, version: int) -> Standing:
        return self.now.standing(version)

    async def show(self, shown: int, following: int) -> None:
        now = self.now
        if now.shown[-1] != shown:
            raise StoreError("expected another version to be shown")
        now.shown = [*(version for version in now.shown if version != following), following]
        for place, moment in list(now.caught_up_at.items()):
            if place.version == shown:
                self._as_fresh(Place(place.projection, following, place.partition), place, moment)

    def _as_fresh(self, new: Place, old: Place, moment: datetime) -> None:
        now = self.now
        same = now.logs.get((old.projection, old.version)) == now.logs.get((new.projection, new.version))
        if same and now.offsets.get(new, -1) >= now.offsets[old]:
            now.caught_up_at[new] = max(moment, now.caught_up_at.get(new, moment))


def _append(table: dict[Numbered, RowT], number: Numbered, row: RowT) -> None:
    if number in table:
        raise RowRefusedError("expected a number that is not taken")
    table[number] = row
