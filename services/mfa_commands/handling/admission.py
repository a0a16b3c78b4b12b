"""From a record to a command that may be decided, or the reason why it may not: bad input is answered, never raised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from mfa_commands.errors import TokenError
from mfa_contracts.codec import decode_command
from mfa_contracts.commands import EnrollCommand, RedeemRecoveryCodeCommand, RegenerateRecoveryCodeCommand
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.ids import CommandId, record_key
from mfa_contracts.tokens import TOKEN_HEADER, digest_of
from mfa_contracts.topics import COMMAND_BYTES_MAX
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from exactly_once.records import Record
    from mfa_commands.domain.facts import VerifiedActor
    from mfa_commands.handling.ports import Tools
    from mfa_contracts.commands import Command
    from mfa_contracts.tokens import Digest

LOG_APPEND_TIME: Final = 1
"""Kafka's ``timestamp_type`` of a record whose time the broker has set."""

Issuing = EnrollCommand | RedeemRecoveryCodeCommand | RegenerateRecoveryCodeCommand
"""The commands that may have a code issued, and so carry a ``reply_key``."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A command that may be decided; ``key`` is its user's record key, ``appended_at`` the broker's time (UTC)."""

    command: Command
    key: bytes
    digest: Digest
    actor: VerifiedActor
    appended_at: datetime


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """Why a record cannot be decided; ``reason`` is ours and quotes nothing. ``command_id`` where one could be read."""

    code: OutcomeCode
    reason: str
    command_id: CommandId | None
    correlation_id: str | None = None


class _Glimpse(msgspec.Struct, frozen=True):
    id: UUID


def admit(record: Record, tools: Tools) -> Admitted | NotAdmitted:
    """What ``record`` asks for, with proof of who asks."""
    value = record.value
    if value is None:
        return NotAdmitted(OutcomeCode.MALFORMED, "expected a command, got a record without a value", None)
    if len(value) > COMMAND_BYTES_MAX:
        told = f"expected at most {COMMAND_BYTES_MAX} bytes, got {len(value)}"
        return NotAdmitted(OutcomeCode.TOO_LARGE, told, glimpsed_id(value))
    try:
        command = decode_command(value)
    except UnreadableMessageError as error:
        return NotAdmitted(OutcomeCode.MALFORMED, str(error), glimpsed_id(value))
    return _placed(record, command, value, tools)


def glimpsed_id(value: bytes | None) -> CommandId | None:
    """The command id of a message that is JSON, whatever else is wrong with it."""
    try:
        return CommandId(msgspec.json.decode(value or b"", type=_Glimpse).id)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _placed(record: Record, command: Command, value: bytes, tools: Tools) -> Admitted | NotAdmitted:
    key = record_key(command.tenantid, command.subject)
    if record.key != key:
        return _refused(command, OutcomeCode.KEY_MISMATCH, "expected the key `tenant/user` of the command's own body")
    if (place := tools.partition_of(key)) != record.partition:
        told = f"expected partition {place} by the default partitioner (murmur2), got {record.partition}"
        return _refused(command, OutcomeCode.WRONG_PARTITION, told)
    if isinstance(command, Issuing) and not tools.codes.takes(command.data.reply_key):
        return _refused(command, OutcomeCode.MALFORMED, "expected a reply_key that is a usable point of Curve25519")
    return _proven(record, command, value, tools)


def _proven(record: Record, command: Command, value: bytes, tools: Tools) -> Admitted | NotAdmitted:
    tokens = [content or b"" for name, content in record.headers if name == TOKEN_HEADER]
    if not tokens:
        return _refused(command, OutcomeCode.TOKEN_MISSING, f"expected the header {TOKEN_HEADER}")
    if len(tokens) > 1:
        return _refused(command, OutcomeCode.TOKEN_INVALID, f"expected one header {TOKEN_HEADER}, got {len(tokens)}")
    if record.timestamp_type != LOG_APPEND_TIME:
        told = "expected the broker's append time to judge the token by; set message.timestamp.type=LogAppendTime"
        return _refused(command, OutcomeCode.TOKEN_INVALID, told)
    return _verified(record, command, value, tokens[0], tools)


def _verified(record: Record, command: Command, value: bytes, token: bytes, tools: Tools) -> Admitted | NotAdmitted:
    appended_at = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    digest = digest_of(value)
    try:
        actor = tools.tokens.verify(token, command, digest, appended_at)
    except TokenError as error:
        return _refused(command, OutcomeCode.TOKEN_INVALID, str(error))
    assert record.key is not None
    return Admitted(command, record.key, digest, actor, appended_at)


def _refused(command: Command, code: OutcomeCode, reason: str) -> NotAdmitted:
    return NotAdmitted(code, reason, command.id, command.correlationid)
