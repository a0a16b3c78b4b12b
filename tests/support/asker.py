"""Who asks in a story, and how freshly they were seen; from it the facts of one decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mfa_commands.domain.facts import Facts, Policy, VerifiedActor
from mfa_contracts.codec import encode
from mfa_contracts.fact_parts import Actor, CommandSource, IssuedCode, Verifier
from mfa_contracts.vocabulary import AccountKind, Role

if TYPE_CHECKING:
    from mfa_contracts.commands import Command

MINUTE = timedelta(minutes=1)
TXN = UUID("11111111-1111-4111-8111-111111111111")


@dataclass(frozen=True)
class Asker:
    """A token's holder. ``first`` and ``second`` are the ages of the factors when the command was appended."""

    subject: str = "ann"
    role: Role = Role.USER
    tenant: str = "acme"
    login: str | None = "login-1"
    first: timedelta | None = MINUTE
    second: timedelta | None = None
    kind: AccountKind | None = AccountKind.END_USER
    version: int | None = 1
    policy: Policy = field(default_factory=Policy)

    def facts(self, command: Command, now: datetime, **said: Any) -> Facts:  # noqa: ANN401 - any fact of Facts
        """``now`` and ``waited``, the time between append and decision, place the factors."""
        appended_at = now - said.pop("waited", timedelta(0))
        digest = said.pop("digest", sha256(encode(command)).hexdigest())
        return Facts(
            now=now,
            appended_at=appended_at,
            policy=self.policy,
            actor=self._verified(appended_at),
            source=CommandSource(command=command.type, partition=3, offset=7, digest=digest),
            new_code=minted(command.id.hex),
            **said,
        )

    def _verified(self, appended_at: datetime) -> VerifiedActor:
        actor = Actor.model_validate(
            {"issuer": "https://idp", "subject": self.subject, "role": self.role, "tenant": self.tenant}
            | {"workload": "login", "txn": TXN}
        )
        first = None if self.first is None else appended_at - self.first
        second = None if self.second is None else appended_at - self.second
        return VerifiedActor(actor, self.login, first, second, self.kind, self.version)


def minted(name: str) -> IssuedCode:
    """The code that is minted for a command: named after it."""
    verifier = Verifier(pepper_id="pepper-2026", salt="s" * 21 + "A", tag="t" * 42 + "A")
    return IssuedCode.model_validate({"code_id": f"rc_{name}", "verifier": verifier})
