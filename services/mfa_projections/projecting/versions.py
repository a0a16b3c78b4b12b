"""Versions of the tables: what a rebuild needs of a database beyond what projectors do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from exactly_once import Offset, Partition
from mfa_projections.projecting.ports import Database, Transaction

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractAsyncContextManager

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "views": ("status", "enrollments", "recovery_codes", "event_history"),
    "audit": ("audit_record",),
}
"""By projection, what it fills."""


class Version(NamedTuple):
    """A version of all tables and the shape that they have."""

    number: int
    shape: int


class Versions(NamedTuple):
    """What there is: the version that readers are shown, and the one that they were shown before it."""

    active: Version
    before: Version | None


class Projected(NamedTuple):
    """A projection and a partition of its topic."""

    projection: str
    partition: Partition


Standing: TypeAlias = Mapping[Projected, Offset]
"""Where the projections of a version stand."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A table in two versions.

    ``rows`` are the newer one's, ``differ`` of them are not the same in both or in one only; None: not compared at
    all. Rows of the partitions ``left_out`` were not looked at, because the two stood at different places.
    """

    table: str
    rows: int
    differ: int | None
    left_out: tuple[Partition, ...] = ()


class VersionTransaction(Transaction, Protocol):
    """A transaction that can put another version before readers."""

    async def hold(self, version: int) -> Standing:
        """Say where a version stands; nobody moves its checkpoints before the transaction ends."""
        ...

    async def show(self, shown: int, following: int) -> None:
        """Show readers another version than the one that they are shown; from the commit on.

        Where both stand at the same place of the same log, the one that follows is as fresh as the other.

        Raises:
            BusyError: readers did not make way in time.
        """
        ...


class Snapshot(Protocol):
    """The tables of all versions as they were at the first question."""

    async def standing(self, version: int) -> Standing:
        """Say where a version stands."""
        ...

    async def compare(self, shown: int, following: int, table: str, left_out: Collection[Partition]) -> Compared:
        """Compare a table in the columns that both versions have, but for the partitions left out."""
        ...


class VersionedDatabase(Database, Protocol):
    """A database whose tables can be rebuilt."""

    @property
    def shape(self) -> int:
        """The shape of the tables that this program writes."""
        ...

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Let nobody else rebuild until the block ends. Raises ``RebuildRunningError``."""
        ...

    async def versions(self) -> Versions:
        """Say what there is."""
        ...

    async def make(self) -> Version:
        """Make the empty tables of a version that has never been, in this program's shape."""
        ...

    async def drop(self, version: int) -> None:
        """Drop a version with all that it has; the one that readers are shown stays."""
        ...

    async def tidy(self) -> None:
        """Drop all but the version that readers are shown and the one before it."""
        ...

    def held(self, version: int) -> AbstractAsyncContextManager[Standing]:
        """Keep a version where it stands until the block ends."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """Look at all versions at one moment, that of the first question, for as long as the block lasts."""
        ...

    def transaction(self, version: int, *, durable: bool = True) -> AbstractAsyncContextManager[VersionTransaction]:
        """Begin a transaction on the tables of a version."""
        ...
