"""A Kafka of two lists for the client, and a service behind it that answers as it is told."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from joserfc.jwk import OKPKey

from mfa_client import ClientSettings, LocalSigner, MfaClient, ServiceKey
from mfa_client.answers import Answers
from mfa_client.sending import Exchange
from mfa_contracts import topics
from mfa_contracts.codec import decode_command, encode
from mfa_contracts.commands import EnrollCommand
from mfa_contracts.outcomes import OutcomeMessage, answer, outcome_id
from mfa_contracts.recovery_code import new_code
from mfa_contracts.sealing import Direction, SealedCode, sealing_info
from mfa_contracts.vocabulary import OutcomeCode
from support.commands import SUITE, b64, unb64

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from aiokafka import TopicPartition

    from mfa_contracts.commands import Command

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SERVICE = X25519PrivateKey.generate()
CODE = new_code(secrets.randbelow)


@dataclass(frozen=True)
class Sent:
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]

    @property
    def command(self) -> Command:
        return decode_command(self.value)


@dataclass
class Heard:
    key: bytes | None
    value: bytes | None


@dataclass
class Wire:
    """``reply`` is called for each command sent; what it gives is heard at once.

    ``refuse`` is what a send raises, ``break_once`` what listening raises first; a ``stalled`` send never ends.
    """

    reply: Callable[[Sent], Sequence[Heard]] = lambda _: ()
    refuse: Exception | None = None
    break_once: BaseException | None = None
    stalled: bool = False
    sent: list[Sent] = field(default_factory=list)
    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)
    steps: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.steps.append("start")

    async def stop(self) -> None:
        self.steps.append("stop")

    async def partitions_for(self, _: str) -> set[int]:
        return {0, 1, 2}

    async def send_and_wait(
        self, topic: str, value: bytes, key: bytes, *, headers: Sequence[tuple[str, bytes]]
    ) -> object:
        assert topic == topics.COMMANDS
        self.steps.append("send")
        if self.refuse is not None:
            raise self.refuse
        if self.stalled:
            await asyncio.Event().wait()
        self.sent.append(Sent(key, value, headers))
        for heard in self.reply(self.sent[-1]):
            self.heard.put_nowait(heard)
        return None

    def assign(self, places: Sequence[TopicPartition]) -> None:
        self.steps.append(f"assign {len(places)}")

    async def end_offsets(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        return dict.fromkeys(places, 7)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.steps.append(f"seek {place.partition} to {offset}")

    async def __aiter__(self) -> AsyncIterator[Heard]:
        error, self.break_once = self.break_once, None
        if error is not None:
            raise error
        while True:
            yield await self.heard.get()


def client(wire: Wire, deadline_seconds: float = 1.0) -> MfaClient:
    key = OKPKey.generate_key("Ed25519", {"kid": "k1"}, private=True)
    signer = LocalSigner("https://issuer.test", key, "tests", lambda: datetime.now(UTC))
    settings = ClientSettings(
        "127.0.0.1:1", ServiceKey("s1", SERVICE.public_key()), "tests", deadline_seconds=deadline_seconds
    )
    return MfaClient(settings, signer, Exchange(wire, Answers(wire, topics.OUTCOMES)))


def answered(sent: Sent, code: OutcomeCode = OutcomeCode.OK, sealed: SealedCode | None = None) -> Heard:
    command = sent.command.id
    message = OutcomeMessage(
        source="mfa_commands",
        time=NOON,
        correlationid="c",
        id=outcome_id(command, sent.key),
        causationid=command,
        data=answer(code, sequence=1, mfa_version=1, sealed_code=sealed),
    )
    return Heard(str(command).encode(), encode(message))


def boxed(sent: Sent, reply_key: str | None = None) -> SealedCode:
    """The new code, sealed to the sender's reply key or to another."""
    command = sent.command
    assert isinstance(command, EnrollCommand)
    info = sealing_info(Direction.ISSUED, command.tenantid, command.subject, command.id)
    public = X25519PublicKey.from_public_bytes(unb64(reply_key or command.data.reply_key))
    return SealedCode(kid="reply", box=b64(SUITE.encrypt(CODE.encode(), public, info=info)))
