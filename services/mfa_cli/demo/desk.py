"""The port: what the story needs of the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mfa_cli.demo.people import Person
    from mfa_cli.demo.steps import Answer, Standing
    from mfa_contracts.ids import EnrollmentId, UserId
    from mfa_contracts.vocabulary import Method, ResetReason


class Desk(Protocol):
    """Takes the wishes of people of one tenant; each answer carries the events that it left."""

    async def enroll(self, who: Person, enrollment: EnrollmentId, method: Method) -> Answer:
        """Bind an authenticator to one's own account."""
        ...

    async def redeem(self, who: Person, code: str, restored: EnrollmentId | None = None) -> Answer:
        """Log in with a recovery code; a re-installed app may keep its enrolment ``restored``."""
        ...

    async def reset(self, admin: Person, whose: Person, reason: ResetReason, ticket: str) -> Answer:
        """Take away all of a user's MFA."""
        ...

    async def remove(
        self, admin: Person, whose: Person, enrollment: EnrollmentId, reason: ResetReason, ticket: str
    ) -> Answer:
        """Take away one enrolment."""
        ...

    async def standing(self, user: UserId, at_least: int) -> Standing:
        """How a user stands once their event number ``at_least`` is in the tables."""
        ...
