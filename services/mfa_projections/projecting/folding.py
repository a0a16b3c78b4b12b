"""A batch of events on the rows that the database has: what changes, what stood twice, what must not be passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once import HaltedError
from mfa_projections.projecting.ports import Changes, Numbered
from mfa_projections.sequence import Follows, judge
from mfa_projections.views import evolve, history_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from exactly_once import Record
    from mfa_contracts.events import Event
    from mfa_projections.views import UserKey, UserRows


def fold(
    before: Mapping[UserKey, UserRows], taken: Mapping[Numbered, UUID], events: Sequence[tuple[Record, Event]]
) -> Changes:
    """Fold events in their order; pure.

    Args:
        before: the rows of their users.
        taken: ids of events that were taken before, as far as these events' numbers are concerned.
        events: what comes next in one partition.

    Raises:
        HaltedError: an event is not the next one of its user.
    """
    changes, rows = Changes(), dict(before)
    for record, event in events:
        key = (event.tenantid, event.subject)
        old = rows.get(key)
        last = 0 if old is None else old.status.sequence
        if event.sequence != last + 1:
            _pass_over(changes, taken, record, event, last)
            continue
        rows[key] = new = evolve(old, event)
        _note(changes, key, old, new)
        changes.history.append(history_row(event, record.partition, record.offset, record.value or b""))
    return changes


def broken(record: Record, last: int, got: int) -> HaltedError:
    """The error for a user's sequence that does not go on."""
    reason = f"expected number {last + 1} of its user, got {got} with an id that was not taken before; see `mfa verify`"
    return HaltedError(record.partition, record.offset, reason)


def _pass_over(changes: Changes, taken: Mapping[Numbered, UUID], record: Record, event: Event, last: int) -> None:
    number = Numbered(event.tenantid, event.subject, event.sequence)
    known = taken.get(number) or _taken_in_this_batch(changes, number)
    if judge(last, event.sequence, event.id, known) is not Follows.AGAIN:
        raise broken(record, last, event.sequence)
    changes.repeated += 1


def _taken_in_this_batch(changes: Changes, number: Numbered) -> UUID | None:
    # Looked for only when an event is not the next one, which is rare: the way of all others stays short.
    found = (row for row in changes.history if (row.tenant_id, row.user_id, row.sequence) == number)
    return next((row.event_id for row in found), None)


def _note(changes: Changes, key: UserKey, old: UserRows | None, new: UserRows) -> None:
    changes.status[key] = new.status
    if old is None or new.enrollments is not old.enrollments:
        changes.enrollments[key] = new.enrollments
    if old is None or new.recovery_codes is not old.recovery_codes:
        changes.recovery_codes[key] = new.recovery_codes
