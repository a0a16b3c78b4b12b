"""The read side's tables in memory: one transaction at a time, kept only when its block ends well."""

from __future__ import annotations

from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exactly_once import Offset
from mfa_projections.errors import OvertakenError, StoreError
from mfa_projections.projecting import Head
from mfa_projections.projecting.ports import Numbered
from mfa_projections.views import UserRows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from exactly_once import LogIdentity
    from mfa_projections.projecting import Checkpoint, Place
    from mfa_projections.projecting.ports import AuditRow, Changes
    from mfa_projections.views import Enrollments, HistoryRow, RecoveryCode, Status, UserKey


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


class MemoryDatabase:
    """``steps`` tells what was asked of it in order; ``away``: it fails; ``refuses``: a user that it will not take."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.steps: list[str] = []
        self.written: list[Changes] = []
        self.logs: dict[tuple[str, int], LogIdentity] = {}
        self.away = False
        self.refusal: Exception | None = None
        self.refuses = ""

    async def next_offset(self, place: Place) -> Offset:
        self._ask("next_offset")
        return self.kept.offsets.setdefault(place, Offset(0))

    async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:  # noqa: ARG002 - a log of one topic
        return self.logs.setdefault((projection, version), found)

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[MemoryTransaction]:
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
        if checkpoint.caught_up_at is not None:
            self.now.caught_up_at[place] = checkpoint.caught_up_at

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
        self.now.history |= {Numbered(row.tenant_id, row.user_id, row.sequence): row for row in changes.history}

    async def audit_heads(self, users: Collection[UserKey]) -> Mapping[UserKey, Head]:
        heads = {n[:2]: Head(n.sequence, row.message.id) for n, row in sorted(self.now.audit.items())}
        return {key: heads[key] for key in users if key in heads}

    async def audit_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        return {number: self.now.audit[number].message.id for number in numbers if number in self.now.audit}

    async def write_audit(self, rows: Sequence[AuditRow]) -> None:
        for row in rows:
            self.now.audit[Numbered(row.message.tenantid, row.message.subject, row.message.sequence)] = row

    async def forget(self, projection: str, version: int) -> None:
        self.now.offsets = {
            p: o for p, o in self.now.offsets.items() if (p.projection, p.version) != (projection, version)
        }
        self.now.status, self.now.enrollments, self.now.recovery_codes, self.now.history = {}, {}, {}, {}
