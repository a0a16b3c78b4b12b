"""Whether a log is the one that the tables were filled from, and reaches as far as they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once import LogIdentityError

if TYPE_CHECKING:
    from exactly_once import LogIdentity, Offset, Partition
    from exactly_once.protocols import Ends


def check_log(partition: Partition, topic: str, next_offset: Offset, begun_on: LogIdentity, found: LogIdentity) -> None:
    """Compare the log that was begun on with the one that is there.

    Raises:
        LogIdentityError: they are not the same.
    """
    difference = begun_on.differs_from(found)
    if difference:
        reason = f"the tables were filled from another log ({difference}). Use the right cluster, or rebuild."
        raise LogIdentityError(partition, next_offset, reason, topic)


def check_bounds(partition: Partition, topic: str, next_offset: Offset, ends: Ends) -> None:
    """Compare where a projection stands with what the log has.

    Raises:
        LogIdentityError: it stands outside.
    """
    if not ends.start <= next_offset <= ends.high:
        reason = (
            f"expected a log that reaches from here on, got one from {ends.start} to {ends.high}: it was cut or "
            "made anew. Use the right cluster, or rebuild."
        )
        raise LogIdentityError(partition, next_offset, reason, topic)
