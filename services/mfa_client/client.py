"""What an internal service imports: send a command, await its outcome, ask how a user stands."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from mfa_client.enrollment_ids import new_enrollment_id
from mfa_client.errors import NotSentError, StatusUnavailableError
from mfa_client.place import partition_of
from mfa_client.preparing import Wish, prepare
from mfa_client.sending import Exchange, kafka_exchange
from mfa_client.status import Freshness, PostgresTables, status_of
from mfa_contracts import commands as c
from mfa_contracts.ids import EnrollmentId, TenantId, UserId
from mfa_contracts.recovery_code import normalised

if TYPE_CHECKING:
    from types import TracebackType

    from mfa_client.actors import Actor
    from mfa_client.preparing import PreparedCommand
    from mfa_client.results import Outcome
    from mfa_client.sealing import ReplyKey
    from mfa_client.settings import ClientSettings
    from mfa_client.signing import TokenSigner
    from mfa_client.status import MfaStatus
    from mfa_contracts.ids import CommandId
    from mfa_contracts.model import Personal
    from mfa_contracts.vocabulary import AccountKind, Method, ResetReason

STALENESS: Final = timedelta(seconds=10)
WAIT_SECONDS: Final = 5.0


class MfaClient:
    """Sends commands for many users at once; open it once for the life of a service.

    Every method that changes something takes ``actor`` (who asks), and may take ``expected_version`` (refused
    as ``state_changed`` when the account has moved on), ``command_id`` (your own, a new UUID for each command; a
    second command about the same user under it is refused as ``command_id_reused``) and ``personal`` (texts about
    the person, kept apart). It answers ``Done``, ``Refused`` or ``Invalid``, or raises:

        BadCommandError: a value that no command may carry; nothing was sent.
        NotSentError: the broker did not take it.
        OutcomeUnknownError: no answer in time; ``await mfa.ask_again(error.prepared)``.
    """

    def __init__(self, settings: ClientSettings, signer: TokenSigner, exchange: Exchange | None = None) -> None:
        self._settings = settings
        self._signer = signer
        self._exchange = exchange or kafka_exchange(settings.options)
        self._tables = None if settings.database_url is None else PostgresTables(settings.database_url)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._exchange.start()
        self._open.push_async_callback(self._exchange.stop)
        if self._tables is not None:
            await self._tables.start()
            self._open.push_async_callback(self._tables.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    # ---- commands ---------------------------------------------------------------------------------------------

    async def enroll(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        *,
        actor: Actor,
        method: Method,
        enrollment_id: str | None = None,
        linked_to: str | None = None,
        app_instance: str | None = None,
        expected_version: int | None = None,
        personal: Personal | None = None,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Bind an authenticator; with the first one comes a recovery code. An id is made up if none is given."""
        chosen = EnrollmentId(enrollment_id or new_enrollment_id())

        def make(_: CommandId, reply: ReplyKey) -> c.Enroll:
            return c.Enroll(
                enrollment_id=chosen,
                method=method,
                linked_to=None if linked_to is None else EnrollmentId(linked_to),
                app_instance=app_instance,
                reply_key=reply.public,
                expected_version=expected_version,
                personal=personal,
            )

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def redeem_recovery_code(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        code: str,
        *,
        actor: Actor,
        restored_app: c.RestoredApp | None = None,
        expected_version: int | None = None,
        personal: Personal | None = None,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Log in with the recovery code after user name and password; a new code comes back.

        ``code`` is taken as typed: case, dashes and look-alike symbols are forgiven.
        """
        # What cannot be a code is sealed as it is: the service refuses it, and the refusal is a fact.
        symbols = normalised(code) or code

        def make(command: CommandId, reply: ReplyKey) -> c.RedeemRecoveryCode:
            sealed = self._settings.service_key.sealed(symbols, TenantId(tenant), UserId(user), command)
            return c.RedeemRecoveryCode(
                sealed_code=sealed,
                reply_key=reply.public,
                restored_app=restored_app,
                expected_version=expected_version,
                personal=personal,
            )

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def reset_mfa(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        *,
        actor: Actor,
        reason: ResetReason,
        ticket: str | None = None,
        expected_version: int | None = None,
        personal: Personal | None = None,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Take away all enrolments and the recovery code in one fact."""

        def make(_: CommandId, __: ReplyKey) -> c.ResetMfa:
            return c.ResetMfa(reason=reason, ticket=ticket, expected_version=expected_version, personal=personal)

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def remove_enrollment(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        enrollment_id: str,
        *,
        actor: Actor,
        reason: ResetReason | None = None,
        ticket: str | None = None,
        expected_version: int | None = None,
        personal: Personal | None = None,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Take away one enrolment, and those linked to it."""

        def make(_: CommandId, __: ReplyKey) -> c.RemoveEnrollment:
            return c.RemoveEnrollment(
                enrollment_id=EnrollmentId(enrollment_id),
                reason=reason,
                ticket=ticket,
                expected_version=expected_version,
                personal=personal,
            )

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def regenerate_recovery_code(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        *,
        actor: Actor,
        reason: ResetReason | None = None,
        ticket: str | None = None,
        expected_version: int | None = None,
        personal: Personal | None = None,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Replace the recovery code; the new one comes back."""

        def make(_: CommandId, reply: ReplyKey) -> c.RegenerateRecoveryCode:
            return c.RegenerateRecoveryCode(
                reply_key=reply.public,
                reason=reason,
                ticket=ticket,
                expected_version=expected_version,
                personal=personal,
            )

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def void_recovery_code(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        *,
        actor: Actor,
        reason: ResetReason,
        ticket: str | None = None,
        expected_version: int | None = None,
        personal: Personal | None = None,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Kill the recovery code without a new one."""

        def make(_: CommandId, __: ReplyKey) -> c.VoidRecoveryCode:
            return c.VoidRecoveryCode(
                reason=reason, ticket=ticket, expected_version=expected_version, personal=personal
            )

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def classify_account(  # noqa: PLR0913 - the parts of the command, by name
        self,
        tenant: str,
        user: str,
        *,
        actor: Actor,
        kind: AccountKind,
        directory_version: int,
        command_id: CommandId | None = None,
    ) -> Outcome:
        """Say what kind of account this is, as its directory knows; an older version is ignored."""

        def make(_: CommandId, __: ReplyKey) -> c.ClassifyAccount:
            return c.ClassifyAccount(kind=kind, directory_version=directory_version)

        return await self._ask(Wish(tenant, user, actor, make, command_id))

    async def ask_again(self, prepared: PreparedCommand) -> Outcome:
        """Send the very same bytes once more and wait for the outcome; the thing is done once at most.

        An answer that has come meanwhile is given at once, and nothing is sent. The token in the bytes lives five
        minutes: after that the answer can be ``token_invalid``, and how the user stands says what has become of
        the command.
        """
        return await self._exchange.ask(prepared, self._settings.deadline_seconds)

    # ---- status -----------------------------------------------------------------------------------------------

    async def status(
        self,
        tenant: str,
        user: str,
        *,
        at_least: int = 0,
        max_staleness: timedelta = STALENESS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> MfaStatus:
        """How a user stands, for the login service.

        Args:
            tenant: the user's tenant.
            user: the user.
            at_least: the ``sequence`` of an outcome that must be in it already.
            max_staleness: how far the tables may be behind the log.
            wait_seconds: how long to wait for both.

        Raises:
            StatusStaleError: the tables are further behind. Never take that as "must enrol".
            StatusUnavailableError: the tables cannot be asked, or the client was given no database.
        """
        if self._tables is None:
            raise StatusUnavailableError("expected ClientSettings.database_url to ask the tables, got none")
        place = partition_of(TenantId(tenant), UserId(user), self._exchange.partitions)
        wanted = Freshness(at_least, max_staleness, wait_seconds)
        return await status_of(self._tables, TenantId(tenant), UserId(user), place, wanted)

    async def _ask(self, wish: Wish) -> Outcome:
        seconds = self._settings.deadline_seconds
        try:
            async with asyncio.timeout(seconds):
                prepared = await prepare(wish, self._signer, self._settings.source, datetime.now(UTC))
        except TimeoutError as error:
            raise NotSentError(f"expected a token from the signer within {seconds:g} s, got none") from error
        return await self._exchange.ask(prepared, seconds)
