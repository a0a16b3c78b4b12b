"""Commands as people write them: one JSON object a line, nothing sealed, nothing signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict, assert_never

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mfa_cli.errors import BadLineError
from mfa_client import AdminActor, ServiceActor, SupportActor, UserActor
from mfa_contracts.commands import RestoredApp
from mfa_contracts.ids import CommandId
from mfa_contracts.model import Personal
from mfa_contracts.vocabulary import AccountKind, Method, ResetReason

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from mfa_client import Actor, MfaClient, Outcome


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PlainUser(_Plain):
    """The user; logged in just now with name and password unless a time is given."""

    role: Literal["user"]
    tenant: str | None = None
    user: str | None = None
    login: str = "mfa-send"
    first_factor_at: AwareDatetime | None = None
    second_factor_at: AwareDatetime | None = None
    account_kind: AccountKind | None = None
    directory_version: int | None = None


class PlainStaff(_Plain):
    """An admin of a tenant, or somebody of support."""

    role: Literal["tenant_admin", "support"]
    tenant: str | None = None
    user: str


class PlainService(_Plain):
    """A service for itself."""

    role: Literal["service"]
    tenant: str | None = None
    user: str


PlainActor = Annotated[PlainUser | PlainStaff | PlainService, Field(discriminator="role")]


class _PlainCommand(_Plain):
    tenant: str
    user: str
    actor: PlainActor
    command_id: CommandId | None = None
    expected_version: int | None = None
    personal: Personal | None = None


class PlainEnroll(_PlainCommand):
    """``Enroll``."""

    command: Literal["Enroll"]
    method: Method
    enrollment_id: str | None = None
    linked_to: str | None = None
    app_instance: str | None = None


class PlainRedeem(_PlainCommand):
    """``RedeemRecoveryCode``; the code as it was typed."""

    command: Literal["RedeemRecoveryCode"]
    code: str = Field(repr=False)
    restored_app: RestoredApp | None = None


class PlainReset(_PlainCommand):
    """``ResetMfa``."""

    command: Literal["ResetMfa"]
    reason: ResetReason
    ticket: str | None = None


class PlainRemove(_PlainCommand):
    """``RemoveEnrollment``."""

    command: Literal["RemoveEnrollment"]
    enrollment_id: str
    reason: ResetReason | None = None
    ticket: str | None = None


class PlainRegenerate(_PlainCommand):
    """``RegenerateRecoveryCode``."""

    command: Literal["RegenerateRecoveryCode"]
    reason: ResetReason | None = None
    ticket: str | None = None


class PlainVoid(_PlainCommand):
    """``VoidRecoveryCode``."""

    command: Literal["VoidRecoveryCode"]
    reason: ResetReason
    ticket: str | None = None


class PlainClassify(_Plain):
    """``ClassifyAccount``."""

    command: Literal["ClassifyAccount"]
    tenant: str
    user: str
    actor: PlainActor
    command_id: CommandId | None = None
    kind: AccountKind
    directory_version: int


PlainCommand = Annotated[
    PlainEnroll | PlainRedeem | PlainReset | PlainRemove | PlainRegenerate | PlainVoid | PlainClassify,
    Field(discriminator="command"),
]
_PARSER: TypeAdapter[PlainCommand] = TypeAdapter(PlainCommand)


def parse(line: str | bytes) -> PlainCommand:
    """Read one line, UTF-8.

    Raises:
        BadLineError: what was expected; values are not quoted.
    """
    try:
        return _PARSER.validate_json(line)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise BadLineError("; ".join(map(_told, faults))) from None


async def send(command: PlainCommand, mfa: MfaClient) -> Outcome:  # noqa: PLR0911 - one for each command
    """Seal, sign and send a command; see ``MfaClient`` for what it raises."""
    match command:
        case PlainEnroll():
            return await mfa.enroll(
                **_common(command),
                method=command.method,
                enrollment_id=command.enrollment_id,
                linked_to=command.linked_to,
                app_instance=command.app_instance,
            )
        case PlainRedeem():
            return await mfa.redeem_recovery_code(
                **_common(command), code=command.code, restored_app=command.restored_app
            )
        case PlainReset():
            return await mfa.reset_mfa(**_common(command), reason=command.reason, ticket=command.ticket)
        case PlainRemove():
            return await mfa.remove_enrollment(
                **_common(command), enrollment_id=command.enrollment_id, reason=command.reason, ticket=command.ticket
            )
        case PlainRegenerate():
            return await mfa.regenerate_recovery_code(**_common(command), reason=command.reason, ticket=command.ticket)
        case PlainVoid():
            return await mfa.void_recovery_code(**_common(command), reason=command.reason, ticket=command.ticket)
        case PlainClassify():
            return await mfa.classify_account(
                command.tenant,
                command.user,
                actor=_actor(command.actor, command.tenant, command.user),
                kind=command.kind,
                directory_version=command.directory_version,
                command_id=command.command_id,
            )
        case _:
            assert_never(command)


class _Common(TypedDict):
    tenant: str
    user: str
    actor: Actor
    expected_version: int | None
    personal: Personal | None
    command_id: CommandId | None


def _common(command: _PlainCommand) -> _Common:
    return {
        "tenant": command.tenant,
        "user": command.user,
        "actor": _actor(command.actor, command.tenant, command.user),
        "expected_version": command.expected_version,
        "personal": command.personal,
        "command_id": command.command_id,
    }


def _actor(actor: PlainActor, tenant: str, user: str) -> Actor:
    match actor:
        case PlainUser():
            return _user(actor, actor.tenant or tenant, actor.user or user)
        case PlainStaff(role="support"):
            return SupportActor(actor.tenant or tenant, actor.user)
        case PlainStaff():
            return AdminActor(actor.tenant or tenant, actor.user)
        case PlainService():
            return ServiceActor(actor.tenant or tenant, actor.user)
        case _:
            assert_never(actor)


def _user(actor: PlainUser, tenant: str, user: str) -> UserActor:
    return UserActor(
        tenant=tenant,
        user=user,
        login=actor.login,
        first_factor_at=actor.first_factor_at or datetime.now(UTC),
        second_factor_at=actor.second_factor_at,
        account_kind=actor.account_kind,
        directory_version=actor.directory_version,
    )


def _told(fault: ErrorDetails) -> str:
    if fault["type"] == "union_tag_invalid":
        # The library's own words quote what was sent.
        context = fault["ctx"]
        return f"{context['discriminator']}: expected one of {context['expected_tags']}"
    if fault["type"] == "extra_forbidden":
        # The name is the sender's own, and may be a recovery code that slipped into the wrong place.
        return f"{_place(fault['loc'][:-1])}got a field that is not known here"
    return f"{_place(fault['loc'])}{fault['msg']}"


def _place(loc: tuple[int | str, ...]) -> str:
    # Names of fields that we know; what a sender has made up is not repeated.
    known = [str(part) for part in loc if str(part).isidentifier()]
    return f"{'.'.join(known)}: " if known else ""
