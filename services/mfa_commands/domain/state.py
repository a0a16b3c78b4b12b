"""What is remembered of one user: a pure fold of their events, small enough that a worker holds a million of them.

Words stand as numbers (their place in the tables below), so that the packed form stays small. The tables are part of
the packed format: append only, or raise ``packed.FORMAT``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from mfa_contracts.ids import CodeId, EnrollmentId
from mfa_contracts.vocabulary import AccountKind, Method, OutcomeCode

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before everything: ``last_at`` of a user without events."""

METHODS: Final = tuple(Method)
KINDS: Final = tuple(AccountKind)
CODES: Final = tuple(OutcomeCode)


class Classified(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the directory last said. A demoted account stays protected until ``protected_until``."""

    kind_number: int
    directory_version: int
    protected_until: datetime | None = None

    @property
    def kind(self) -> AccountKind:
        """The account's kind as a word."""
        return KINDS[self.kind_number]


class Enrollment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One authenticator bound to the account."""

    enrollment_id: EnrollmentId
    method_number: int
    linked_to: EnrollmentId | None = None
    app_instance: str | None = None

    @property
    def method(self) -> Method:
        """The authenticator's method as a word."""
        return METHODS[self.method_number]


class LiveCode(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The recovery code that is alive: its name and how it is recognised (scheme ``hmac-sha-256/v1``).

    ``salt`` has 16 bytes, ``tag`` 32, made under the pepper ``pepper_id``.
    """

    code_id: CodeId
    pepper_id: str
    salt: bytes
    tag: bytes


class Redemption(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The last log-in that was done with a recovery code, and when."""

    login: str
    at: datetime


class Enrolled(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A user with at least one enrolment. All of this ends at once when the last enrolment goes."""

    enrollments: tuple[Enrollment, ...]
    code: LiveCode | None = None
    failures: int = 0
    retry_at: datetime | None = None
    locked: bool = False
    redemption: Redemption | None = None


class Remembered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A decided command: which it was, when, and all that its answer needs.

    ``id`` has 16 bytes, ``digest`` the 32 of SHA-256 over the command's record value. ``events`` facts were left;
    ``sequence`` and ``mfa_version`` stood so after them. ``issued``: a recovery code went out with the first answer.
    """

    id: bytes
    digest: bytes
    at: datetime
    code_number: int
    events: int
    sequence: int
    mfa_version: int
    retry_at: datetime | None = None
    issued: bool = False

    @property
    def code(self) -> OutcomeCode:
        """The outcome code as a word."""
        return CODES[self.code_number]


class UserMfa(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One user. ``enrolled`` is None for a newcomer and for whoever must set up MFA like one (``must_enroll``).

    ``classified`` is None while the directory has not said what the account is. ``sequence`` counts the user's events,
    ``mfa_version`` the changes of enrolments, code, kind or lock. ``window`` holds the decided commands of 25 hours.
    """

    sequence: int = 0
    mfa_version: int = 0
    last_at: datetime = BEGINNING
    classified: Classified | None = None
    enrolled: Enrolled | None = None
    sessions_invalid_before: datetime | None = None
    window: tuple[Remembered, ...] = ()


INITIAL: Final = UserMfa()


def kind_of(state: UserMfa) -> AccountKind | None:
    """The account's kind, None while unclassified."""
    return None if state.classified is None else state.classified.kind


def protected(state: UserMfa, now: datetime) -> bool:
    """Whether nobody but the person may change anything: admins, support, the unclassified, the freshly demoted."""
    classified = state.classified
    if classified is None or classified.kind is not AccountKind.END_USER:
        return True
    return classified.protected_until is not None and now < classified.protected_until


def live_code(state: UserMfa) -> LiveCode | None:
    """The recovery code in force, if any."""
    return None if state.enrolled is None else state.enrolled.code


def enrollments(state: UserMfa) -> tuple[Enrollment, ...]:
    """All enrolments, in the order in which they were bound."""
    return () if state.enrolled is None else state.enrolled.enrollments


def grants_code(enrolled: tuple[Enrollment, ...]) -> bool:
    """Whether one of these enrolments grants a recovery code."""
    return any(enrollment.method.grants_recovery_code for enrollment in enrolled)
