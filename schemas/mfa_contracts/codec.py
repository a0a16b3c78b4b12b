"""Bytes to messages and back. Reading is strict and its errors never quote what was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from mfa_contracts.audit import AuditMessage
from mfa_contracts.commands import AnyCommand, Command
from mfa_contracts.deadletters import DeadLetterMessage
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.events import AnyEvent, Event
from mfa_contracts.outcomes import OutcomeMessage
from mfa_contracts.upcasters import UPCASTERS, newest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from mfa_contracts.upcasters import Upcaster

M = TypeVar("M")

_COMMAND: Final[TypeAdapter[Command]] = TypeAdapter(AnyCommand)
_EVENT: Final[TypeAdapter[Event]] = TypeAdapter(AnyEvent)
_OUTCOME: Final = TypeAdapter(OutcomeMessage)
_DEAD_LETTER: Final = TypeAdapter(DeadLetterMessage)
_AUDIT: Final = TypeAdapter(AuditMessage)


def encode(message: BaseModel) -> bytes:
    """A message as UTF-8 JSON; absent fields are left out."""
    return message.__pydantic_serializer__.to_json(message, exclude_none=True)


def decode_command(value: bytes) -> Command:
    """The command in a record value.

    Raises:
        UnreadableMessageError: with the place and kind of the first errors.
    """
    return _decode(_COMMAND, value)


def decode_event(value: bytes, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> Event:
    """The event in a record value, in its newest version.

    Raises:
        UnreadableMessageError: no version that this code knows.
    """
    try:
        return _EVENT.validate_json(value, strict=True)
    except ValidationError as error:
        if not upcasters or not _is_unknown_type(error):
            raise UnreadableMessageError(_told(error)) from None
    return _decode_older(value, upcasters)


def decode_outcome(value: bytes) -> OutcomeMessage:
    """The outcome in a record value; raises UnreadableMessageError."""
    return _decode(_OUTCOME, value)


def decode_dead_letter(value: bytes) -> DeadLetterMessage:
    """The dead letter in a record value; raises UnreadableMessageError."""
    return _decode(_DEAD_LETTER, value)


def decode_audit(value: bytes) -> AuditMessage:
    """The audit record in a record value; raises UnreadableMessageError."""
    return _decode(_AUDIT, value)


def _decode(adapter: TypeAdapter[M], value: bytes) -> M:
    try:
        # Lax reading would take "3", true and 3.0 for 3: other readers of the same bytes would not.
        return adapter.validate_json(value, strict=True)
    except ValidationError as error:
        raise UnreadableMessageError(_told(error)) from None


def _decode_older(value: bytes, upcasters: Mapping[str, Upcaster]) -> Event:
    try:
        upcasted = json.dumps(newest(json.loads(value), upcasters))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # The error's own text may quote the message.
        expected = "expected an older event that its upcaster can read"
        raise UnreadableMessageError(f"{expected}, got {type(error).__name__}; mend the upcaster") from None
    return _decode(_EVENT, upcasted.encode())


def _is_unknown_type(error: ValidationError) -> bool:
    return error.errors(include_input=False, include_context=False)[0]["type"] == "union_tag_invalid"


def _told(error: ValidationError) -> str:
    told = error.errors(include_url=False, include_context=False, include_input=False)[:3]
    return "expected a message as in schemas/published; " + "; ".join(_place(detail) for detail in told)


def _place(detail: ErrorDetails) -> str:
    # An unknown field's own name comes from outside and may hold anything, a secret too: it is not repeated.
    unknown = detail["type"] == "extra_forbidden"
    path = [part for part in detail["loc"] if not str(part).startswith("mfa.")]
    known = [str(part) for part in (path[:-1] if unknown else path)]
    return f"{'.'.join([*known, '(unknown field)'] if unknown else known) or 'message'}: {detail['type']}"
