"""Rule: the view tables hold what the events fold to, row for row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from mfa_cli.verify.rows import RowCheck
from mfa_projections.views import evolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_cli.verify.rows import Row
    from mfa_projections.views import UserKey, UserRows

RULE = "status, enrolments and recovery codes are the fold of the events"


class ViewCheck:
    """Folds the users of one partition, then is shown their rows.

    Args:
        until: the tables' checkpoint; events from there on are not in them yet.
    """

    def __init__(self, until: int) -> None:
        self._until = until
        self._folded: dict[UserKey, UserRows] = {}
        self._rows = RowCheck(RULE, "users")

    def meet(self, appended: Appended) -> None:
        """Go on from the user's rows so far."""
        if appended.offset < self._until:
            key = (appended.event.tenantid, appended.event.subject)
            self._folded[key] = evolve(self._folded.get(key), appended.event)

    def users(self) -> Sequence[UserKey]:
        """Who must have rows."""
        return list(self._folded)

    def compare(self, users: Sequence[UserKey], found: Mapping[UserKey, UserRows]) -> None:
        """Some of the users, and the rows that they have."""
        for user in users:
            rows = found.get(user)
            self._rows.compare("/".join(user), _flat(self._folded[user]), None if rows is None else _flat(rows))

    def finding(self) -> Finding:
        """Every user is counted."""
        return self._rows.finding()


def _flat(rows: UserRows) -> Row:
    return {f"{view}.{column}": value for view, row in rows._asdict().items() for column, value in asdict(row).items()}
