"""The ports: what the projectors need of a database, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from exactly_once import LogIdentity, Offset, Partition
    from mfa_contracts.audit import AuditMessage
    from mfa_projections.views import Enrollments, HistoryRow, RecoveryCode, Status, UserKey, UserRows


@dataclass(frozen=True, slots=True)
class Place:
    """Whose checkpoint: a projection, its version, a partition of its topic."""

    projection: str
    version: int
    partition: Partition


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a projection stands.

    ``age_seconds`` ago, all of the log up to its end had been applied; None leaves the moment that the database knows.
    An age and no time, because the clock of the database is the only one that readers compare with.
    """

    next_offset: Offset
    age_seconds: float | None = None


class Numbered(NamedTuple):
    """The ``sequence``-th event of a user."""

    tenant: str
    user: str
    sequence: int


class Head(NamedTuple):
    """The last audit record of a user: its event's number and its own id."""

    sequence: int
    id: UUID


class AuditRow(NamedTuple):
    """An audit record and where it stands in ``mfa.audit``."""

    message: AuditMessage
    partition: Partition
    offset: Offset


@dataclass(slots=True)
class Changes:
    """What a batch leads to: the rows that are not as they were, by user, and one history row for each event."""

    status: dict[UserKey, Status] = field(default_factory=dict)
    enrollments: dict[UserKey, Enrollments] = field(default_factory=dict)
    recovery_codes: dict[UserKey, RecoveryCode] = field(default_factory=dict)
    history: list[HistoryRow] = field(default_factory=list)
    repeated: int = 0


class Transaction(Protocol):
    """One transaction on the tables of one version; it commits when its block ends well."""

    async def move(self, place: Place, expected: Offset, checkpoint: Checkpoint) -> None:
        """Move a checkpoint from where it is expected to be; its age counts back from the transaction's beginning.

        Raises:
            OvertakenError: it is not there.
        """
        ...

    async def rows(self, users: Collection[UserKey]) -> Mapping[UserKey, UserRows]:
        """Give the rows of those users that have any."""
        ...

    async def events_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        """Give the ids of those events that are in the history."""
        ...

    async def write(self, changes: Changes) -> None:
        """Upsert the rows, append the history.

        Raises:
            RowRefusedError: a row breaks a rule of its table.
        """
        ...

    async def audit_heads(self, users: Collection[UserKey]) -> Mapping[UserKey, Head]:
        """Give the last audit record of those users that have any."""
        ...

    async def audit_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        """Give the ids of those audit records that are in the table."""
        ...

    async def write_audit(self, rows: Sequence[AuditRow]) -> None:
        """Append audit records.

        Raises:
            RowRefusedError: a row breaks a rule of its table.
        """
        ...


class Database(Protocol):
    """Where the projections live. Everything may raise ``StoreError``."""

    async def active(self) -> int:
        """Give the version that readers are shown.

        Raises:
            ShapeError: its tables have another shape than this program's.
        """
        ...

    async def next_offset(self, place: Place) -> Offset:
        """Give the offset to go on from; 0 at the very first time, which is noted."""
        ...

    async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:
        """Give the log that a projection was begun on; at the very first time the one found, which is noted."""
        ...

    def transaction(self, version: int, *, durable: bool = True) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction on the tables of a version.

        One that is not ``durable`` may be forgotten when the server crashes, never torn.
        """
        ...
