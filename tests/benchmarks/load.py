"""Commands of real users with right codes and tokens, made before the clock runs."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from mfa_contracts.commands import (
    Enroll,
    EnrollCommand,
    RedeemRecoveryCode,
    RedeemRecoveryCodeCommand,
    ResetMfa,
    ResetMfaCommand,
)
from mfa_contracts.ids import EnrollmentId
from mfa_contracts.sealing import SealedCode
from mfa_contracts.vocabulary import Method, ResetReason
from support.commands import Gateway, Person, ReplyKey, Signed, admin, logged_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_contracts.commands import Command

TENANT: Final = "bench"


@dataclass(frozen=True)
class Prepared:
    """A command as it is sent, and how its answer is opened."""

    command: Command
    reply: ReplyKey
    record: Signed

    @property
    def id(self) -> UUID:
        return self.command.id


@dataclass(frozen=True)
class Workshop:
    """Makes commands for the users of one tenant."""

    gateway: Gateway

    def enroll(self, user: str) -> Prepared:
        reply = ReplyKey()
        data = Enroll(enrollment_id=_enrollment(), method=Method.PUSH, app_instance="app-1", reply_key=reply.public)
        return self._prepared(EnrollCommand(**_frame(user), data=data), reply, logged_in(user, _now()))

    def redeem(self, user: str, code: str) -> Prepared:
        reply, frame = ReplyKey(), _frame(user)
        box = self.gateway.seal(code, frame["id"], tenant=TENANT, user=user)
        data = RedeemRecoveryCode(sealed_code=box, reply_key=reply.public)
        return self._prepared(RedeemRecoveryCodeCommand(**frame, data=data), reply, logged_in(user, _now()))

    def reset(self, user: str) -> Prepared:
        data = ResetMfa(reason=ResetReason.LOST_DEVICE, ticket="T-1")
        return self._prepared(ResetMfaCommand(**_frame(user), data=data), ReplyKey(), admin())

    def _prepared(self, command: Command, reply: ReplyKey, person: Person) -> Prepared:
        return Prepared(command, reply, self.gateway.send(command, replace(person, tenant=TENANT), _now()))


def mix(workshop: Workshop, codes: Mapping[str, str], newcomers: Sequence[str]) -> list[Prepared]:
    """70 % redeem and 10 % reset by those who have ``codes``, 20 % enrol by ``newcomers``, shuffled.

    Takes as many of each as the shorter of the two allows.
    """
    tenth = min(len(codes) // 8, len(newcomers) // 2)
    enrolled = list(codes)
    commands = [
        *(workshop.redeem(user, codes[user]) for user in enrolled[: 7 * tenth]),
        *(workshop.reset(user) for user in enrolled[7 * tenth : 8 * tenth]),
        *(workshop.enroll(user) for user in newcomers[: 2 * tenth]),
    ]
    secrets.SystemRandom().shuffle(commands)
    return commands


def opened(prepared: Prepared, outcome: bytes) -> str:
    """The recovery code in an answer."""
    sealed = SealedCode.model_validate(json.loads(outcome)["data"]["sealed_code"])
    return prepared.reply.open(sealed, prepared.command)


def _frame(user: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "source": "benchmarks",
        "time": datetime.now(UTC),
        "correlationid": "bench",
        "tenantid": TENANT,
        "subject": user,
    }


def _enrollment() -> EnrollmentId:
    return EnrollmentId("dev_" + base64.b32encode(secrets.token_bytes(10)).decode().lower())


def _now() -> int:
    return int(time.time())
