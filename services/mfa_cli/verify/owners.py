"""Whose view rows may be there: the users of the log, as far as it was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_contracts.ids import TenantId, UserId, record_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mfa_projections.views import UserKey


class Owners:
    """Told the users of each partition in turn; ``until`` holds the event offset up to which each was looked at."""

    def __init__(self) -> None:
        self.until: list[int] = []
        self._known: set[bytes] = set()

    def add(self, users: Iterable[UserKey], until: int) -> None:
        """The users of the next partition, whose events from ``until`` on were not looked at."""
        self.until.append(until)
        self._known.update(map(_key, users))

    def unknown(self, users: Iterable[UserKey]) -> Sequence[UserKey]:
        """Those that have no event up to there."""
        return [user for user in users if _key(user) not in self._known]


def _key(user: UserKey) -> bytes:
    # One short text is a third of a pair of them, and there is one for each user of the log.
    tenant, name = user
    return record_key(TenantId(tenant), UserId(name))
