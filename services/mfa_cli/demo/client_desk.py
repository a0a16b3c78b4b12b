"""The story's wishes as commands of the real client, and its answers with the events as they stand in the log."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from mfa_cli.demo.log_tail import log_tail
from mfa_cli.demo.steps import Answer, Standing
from mfa_cli.local_client import local_client
from mfa_client import AdminActor, Done, UserActor
from mfa_contracts.commands import RestoredApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mfa_cli.demo.log_tail import LogTail
    from mfa_cli.demo.people import Person
    from mfa_client import MfaClient, Outcome
    from mfa_contracts.ids import EnrollmentId, TenantId, UserId
    from mfa_contracts.vocabulary import Method, ResetReason
    from mfa_local.connection import Connection


class ClientDesk:
    """One tenant's desk; ``events`` counts what its answers have left in the log."""

    def __init__(self, mfa: MfaClient, log: LogTail, tenant: TenantId) -> None:
        self.events = 0
        self._mfa = mfa
        self._log = log
        self._tenant = tenant

    async def enroll(self, who: Person, enrollment: EnrollmentId, method: Method) -> Answer:
        """Bind an authenticator to one's own account."""
        outcome = await self._mfa.enroll(
            self._tenant, who.user, actor=self._logged_in(who), method=method, enrollment_id=enrollment
        )
        return await self._answer(who.user, outcome)

    async def redeem(self, who: Person, code: str, restored: EnrollmentId | None = None) -> Answer:
        """Log in with a recovery code; a re-installed app may keep its enrolment ``restored``."""
        app = None if restored is None else RestoredApp(enrollment_id=restored, app_instance="app-reinstalled")
        outcome = await self._mfa.redeem_recovery_code(
            self._tenant, who.user, code, actor=self._logged_in(who), restored_app=app
        )
        return await self._answer(who.user, outcome)

    async def reset(self, admin: Person, whose: Person, reason: ResetReason, ticket: str) -> Answer:
        """Take away all of a user's MFA."""
        outcome = await self._mfa.reset_mfa(
            self._tenant, whose.user, actor=self._admin(admin), reason=reason, ticket=ticket
        )
        return await self._answer(whose.user, outcome)

    async def remove(
        self, admin: Person, whose: Person, enrollment: EnrollmentId, reason: ResetReason, ticket: str
    ) -> Answer:
        """Take away one enrolment."""
        outcome = await self._mfa.remove_enrollment(
            self._tenant, whose.user, enrollment, actor=self._admin(admin), reason=reason, ticket=ticket
        )
        return await self._answer(whose.user, outcome)

    async def standing(self, user: UserId, at_least: int) -> Standing:
        """How a user stands once their event number ``at_least`` is in the tables."""
        status = await self._mfa.status(self._tenant, user, at_least=at_least)
        return Standing(status.must_enroll, status.recovery_code)

    async def _answer(self, user: UserId, outcome: Outcome) -> Answer:
        events = await self._log.events(outcome.event_ids)
        self.events += len(events)
        code = outcome.recovery_code if isinstance(outcome, Done) else None
        new_code = "" if code is None else code.symbols
        return Answer(user, outcome.code, outcome.message, outcome.sequence or 0, events, new_code)

    def _logged_in(self, who: Person) -> UserActor:
        # Each wish comes from a log-in of its own: what one has proven must not help the next.
        now = datetime.now(UTC)
        return UserActor(
            tenant=self._tenant,
            user=who.user,
            login=uuid4().hex,
            first_factor_at=now,
            second_factor_at=now if who.second_factor else None,
            account_kind=who.kind,
            directory_version=1,
        )

    def _admin(self, admin: Person) -> AdminActor:
        return AdminActor(self._tenant, admin.user)


@asynccontextmanager
async def client_desk(connection: Connection, tenant: TenantId) -> AsyncIterator[ClientDesk]:
    """Open a desk on what is running."""
    async with (
        local_client(connection, "mfa-demo") as mfa,
        log_tail(connection.kafka_bootstrap, tenant, connection.partitions) as log,
    ):
        yield ClientDesk(mfa, log, tenant)
