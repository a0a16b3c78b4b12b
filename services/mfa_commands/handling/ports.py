"""What handling asks of the world: the proof of who asks, the recovery codes, the clock, the partitioner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mfa_commands.domain.facts import Policy, VerifiedActor
    from mfa_commands.domain.state import LiveCode
    from mfa_contracts.commands import Command
    from mfa_contracts.fact_parts import IssuedCode
    from mfa_contracts.ids import CommandId, TenantId, UserId
    from mfa_contracts.sealing import SealedCode
    from mfa_contracts.tokens import Digest


@dataclass(frozen=True, slots=True)
class Minted:
    """A fresh recovery code, never in a repr, and what is kept of it."""

    code: str
    issued: IssuedCode

    def __repr__(self) -> str:
        return f"Minted({self.issued.code_id})"


class Tokens(Protocol):
    """Takes transaction tokens."""

    def verify(self, token: bytes, command: Command, digest: Digest, appended_at: datetime) -> VerifiedActor:
        """Who asks for exactly this command; raises TokenError."""


class Codes(Protocol):
    """Opens, recognises, mints and seals recovery codes."""

    def opened(self, sealed: SealedCode, tenant: TenantId, user: UserId, command: CommandId) -> str | None:
        """The 24 symbols in a presented box, or None."""

    def recognises(self, code: str, live: LiveCode, tenant: TenantId, user: UserId) -> bool:
        """Whether it is the code in force."""

    def minted(self, tenant: TenantId, user: UserId) -> Minted:
        """A fresh code."""

    def sealed(self, code: str, reply_key: str, tenant: TenantId, user: UserId, command: CommandId) -> SealedCode:
        """A fresh code in a box for the requester."""

    def takes(self, reply_key: str) -> bool:
        """Whether a box can be sealed to this key."""


@dataclass(frozen=True, slots=True)
class Tools:
    """All that handling is given. ``now`` is UTC; ``partition_of`` a record key is its place by murmur2."""

    tokens: Tokens
    codes: Codes
    partition_of: Callable[[bytes], int]
    now: Callable[[], datetime]
    policy: Policy
