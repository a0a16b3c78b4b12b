"""All views of a user together: what a batch, a rebuild and a check of the tables fold with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from mfa_projections.views import enrollments, recovery_codes, status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mfa_contracts.events import Event
    from mfa_projections.views.enrollments import Enrollments
    from mfa_projections.views.recovery_codes import RecoveryCode
    from mfa_projections.views.status import Status

UserKey: TypeAlias = tuple[str, str]
"""Tenant and user."""


class UserRows(NamedTuple):
    """The row of each view; a user with an event has all three."""

    status: Status
    enrollments: Enrollments
    recovery_codes: RecoveryCode


def evolve(rows: UserRows | None, event: Event) -> UserRows:
    """The rows after ``event``; None stands for a user without events. A row that stays is the very same object."""
    if rows is None:
        return UserRows(status.evolve(None, event), enrollments.evolve(None, event), recovery_codes.evolve(None, event))
    return UserRows(
        status.evolve(rows.status, event),
        enrollments.evolve(rows.enrollments, event),
        recovery_codes.evolve(rows.recovery_codes, event),
    )


def fold_history(events: Iterable[Event]) -> dict[UserKey, UserRows]:
    """What the view tables must hold after ``events``, each user's in their order; pure.

    Expects a sound log: whether sequences go on without a gap is for its reader to see.
    """
    rows: dict[UserKey, UserRows] = {}
    for event in events:
        key = (event.tenantid, event.subject)
        rows[key] = evolve(rows.get(key), event)
    return rows
