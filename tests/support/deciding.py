"""A command service in memory: its real tokens, boxes and rules, without a broker."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from exactly_once.records import LOG_APPEND_TIME, Offset, Partition, Record
from mfa_commands.adapters.codes import Randomness, RecoveryCodes
from mfa_commands.adapters.keys import Peppers
from mfa_commands.adapters.tokens import TokenVerifier
from mfa_commands.domain.facts import Policy
from mfa_commands.domain.state import INITIAL, UserMfa
from mfa_commands.handling import Handled, Tools, handle
from mfa_contracts import topics
from mfa_contracts.codec import decode_dead_letter, decode_event, decode_outcome
from mfa_contracts.commands import Enroll, EnrollCommand, RedeemRecoveryCode, RedeemRecoveryCodeCommand
from mfa_contracts.ids import CommandId
from mfa_contracts.outcomes import Accepted
from mfa_contracts.recovery_code import new_code
from mfa_contracts.vocabulary import Method
from support.commands import ISSUER, Gateway, ReplyKey, Signed, logged_in

if TYPE_CHECKING:
    from mfa_contracts.commands import Command
    from mfa_contracts.deadletters import DeadLetter
    from mfa_contracts.events import Event
    from mfa_contracts.ids import TenantId, UserId
    from mfa_contracts.outcomes import Outcome
    from mfa_contracts.sealing import SealedCode

AT: Final = 1_790_000_000
"""The hour of all tests here, in epoch seconds."""

NOW: Final = datetime.fromtimestamp(AT, UTC)
HERE: Final = Partition(3)
RANDOMNESS: Final = Randomness(below=secrets.randbelow, octets=secrets.token_bytes)


@dataclass(frozen=True)
class Answered:
    """What a batch left, read."""

    handled: Handled

    @property
    def events(self) -> list[Event]:
        return [decode_event(value) for value in self.values(topics.EVENTS)]

    @property
    def facts(self) -> list[str]:
        return [type(event.data).__name__ for event in self.events]

    @property
    def outcomes(self) -> dict[UUID, Outcome]:
        return {message.causationid: message.data for message in map(decode_outcome, self.values(topics.OUTCOMES))}

    @property
    def codes(self) -> list[str]:
        return [decode_outcome(value).data.code.value for value in self.values(topics.OUTCOMES)]

    def sealed(self, command: Command) -> SealedCode:
        """The box with the new code in the answer to ``command``."""
        said = self.outcomes[command.id]
        assert isinstance(said, Accepted), said.code
        assert said.sealed_code is not None
        return said.sealed_code

    @property
    def dead_letters(self) -> list[DeadLetter]:
        return [decode_dead_letter(value).data for value in self.values(topics.DEADLETTERS)]

    @property
    def everything(self) -> bytes:
        """All bytes that would be written."""
        return b"\n".join((output.key or b"") + b"\n" + (output.value or b"") for output in self.handled.outputs)

    def values(self, topic: str) -> list[bytes]:
        return [output.value or b"" for output in self.handled.outputs if output.topic == topic]


@dataclass
class InMemory:
    """One partition of a command service; ``states`` is what is committed."""

    issuer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    box_key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    states: dict[bytes, UserMfa] = field(default_factory=dict)
    at: int = AT
    offset: int = 0

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.issuer, self.box_key.public_key())
        self.codes = RecoveryCodes(
            {self.gateway.sealing_kid: self.box_key}, Peppers("p1", {"p1": secrets.token_bytes(32)}), RANDOMNESS
        )
        issuers = {(ISSUER, self.gateway.issuer_kid): self.issuer.public_key()}
        self.tools = Tools(TokenVerifier(issuers), self.codes, lambda _: HERE, self._now, Policy())

    def record(self, signed: Signed) -> Record:
        """``signed`` as it stands on the right partition, appended by the broker now."""
        self.offset += 1
        stamp = (self.at * 1000, LOG_APPEND_TIME)
        return Record(HERE, Offset(self.offset), *stamp, signed.key, signed.value, signed.headers)

    async def handle(self, *records: Record) -> Answered:
        """Decide a batch and commit it."""
        handled = await handle(records, lambda key: self.states.get(key, INITIAL), self.tools)
        self.states.update(handled.states)
        return Answered(handled)

    async def send(self, signed: Signed) -> Answered:
        return await self.handle(self.record(signed))

    async def enrolled(self, user: str = "ann") -> str:
        """A user with one authenticator, and their recovery code."""
        reply = ReplyKey()
        command = enroll(user=user, reply_key=reply.public)
        answered = await self.send(self.gateway.send(command, logged_in(user, self.at), self.at))
        return reply.open(answered.sealed(command), command)

    def redeeming(self, code: str, user: str = "ann", reply: ReplyKey | None = None) -> Record:
        """A try with ``code``, sealed and signed as it should be."""
        command = redeem(self.gateway, code, user, reply or ReplyKey())
        return self.record(self.gateway.send(command, logged_in(user, self.at), self.at))

    def enrolling(self, user: str = "zoe") -> Record:
        """A good command of somebody else's."""
        return self.record(self.gateway.send(enroll(user=user), logged_in(user, self.at), self.at))

    def watched(self) -> Watched:
        """From now on take note of whose boxes are opened."""
        watched = Watched(self.codes.sealing, self.codes.peppers, self.codes.randomness)
        self.tools = replace(self.tools, codes=watched)
        return watched

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class Watched(RecoveryCodes):
    """Recovery codes that take note of whose boxes were opened."""

    opened_for: list[CommandId] = field(default_factory=list)

    def opened(self, sealed: SealedCode, tenant: TenantId, user: UserId, command: CommandId) -> str | None:
        self.opened_for.append(command)
        # The plain call of super() needs a class cell, which slots take away.
        return RecoveryCodes.opened(self, sealed, tenant, user, command)


def enroll(
    user: str = "ann", reply_key: str | None = None, enrollment: str = "dev_1", tenant: str = "acme"
) -> EnrollCommand:
    """Enrol an app that takes push messages."""
    data = Enroll(enrollment_id=enrollment, method=Method.PUSH, reply_key=reply_key or ReplyKey().public)
    return EnrollCommand(**_frame(user, tenant), data=data)


def redeem(gateway: Gateway, code: str, user: str, reply: ReplyKey, tenant: str = "acme") -> RedeemRecoveryCodeCommand:
    """Log in with ``code``."""
    frame = _frame(user, tenant)
    box = gateway.seal(code, frame["id"], tenant=tenant, user=user)
    data = RedeemRecoveryCode(sealed_code=box, reply_key=reply.public)
    return RedeemRecoveryCodeCommand(**frame, data=data)


def _frame(user: str, tenant: str) -> dict[str, Any]:
    names = {"source": "login", "tenantid": tenant, "subject": user, "correlationid": "corr-1"}
    return {**names, "id": CommandId(uuid4()), "time": datetime.now(UTC)}


def changed(record: Record, **parts: object) -> Record:
    """The same record with other parts."""
    return replace(record, **parts)  # type: ignore[arg-type]  # any part


def wrong_code() -> str:
    """A whole code that is nobody's."""
    return new_code(secrets.randbelow)
