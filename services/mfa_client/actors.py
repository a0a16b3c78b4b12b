"""Who acts, as the caller has seen it: what a gateway knows after a log-in, a directory about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

from mfa_client.errors import BadCommandError
from mfa_contracts.ids import TenantId, UserId
from mfa_contracts.tokens import RequesterContext
from mfa_contracts.vocabulary import AccountKind, Role

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class UserActor:
    """Somebody acting on their own account.

    ``login`` names this log-in from its first factor to its end. ``second_factor_at`` is the last
    confirmation by another factor. ``account_kind`` is what the directory says, in its ``directory_version``.
    """

    tenant: str
    user: str
    login: str | None = None
    first_factor_at: datetime | None = None
    second_factor_at: datetime | None = None
    account_kind: AccountKind | None = None
    directory_version: int | None = None


@dataclass(frozen=True, slots=True)
class AdminActor:
    """An admin of a tenant."""

    tenant: str
    user: str


@dataclass(frozen=True, slots=True)
class SupportActor:
    """Somebody of support; ``tenant`` is their own, not the one that they help."""

    tenant: str
    user: str


@dataclass(frozen=True, slots=True)
class ServiceActor:
    """A service acting for itself, for instance a tenant's directory."""

    tenant: str
    name: str


Actor: TypeAlias = UserActor | AdminActor | SupportActor | ServiceActor


def subject_of(actor: Actor) -> UserId:
    """The actor's name, as the token's ``sub``."""
    return UserId(actor.name if isinstance(actor, ServiceActor) else actor.user)


def context_of(actor: Actor) -> RequesterContext:
    """In which role the actor acts, and how freshly they were seen.

    Raises:
        ValueError: a name that no token may carry.
        BadCommandError: a time without an offset.
    """
    match actor:
        case UserActor():
            return _user(actor)
        case AdminActor():
            return RequesterContext(role=Role.TENANT_ADMIN, tenant=TenantId(actor.tenant))
        case SupportActor():
            return RequesterContext(role=Role.SUPPORT, tenant=TenantId(actor.tenant))
        case ServiceActor():
            return RequesterContext(role=Role.SERVICE, tenant=TenantId(actor.tenant))
        case _:
            assert_never(actor)


def _user(actor: UserActor) -> RequesterContext:
    return RequesterContext(
        role=Role.USER,
        tenant=TenantId(actor.tenant),
        login=actor.login,
        first_factor_at=_epoch("first_factor_at", actor.first_factor_at),
        second_factor_at=_epoch("second_factor_at", actor.second_factor_at),
        account_kind=actor.account_kind,
        directory_version=actor.directory_version,
    )


def _epoch(name: str, moment: datetime | None) -> int | None:
    if moment is not None and moment.tzinfo is None:
        # It would be taken for this machine's local time, and a stale log-in could pass for a fresh one.
        raise BadCommandError(f"{name}: expected a time with an offset (UTC), got one without")
    return None if moment is None else int(moment.timestamp())
