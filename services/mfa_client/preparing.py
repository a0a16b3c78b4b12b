"""From a wish to the exact bytes that are sent, and sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import ValidationError

from mfa_client.errors import BadCommandError
from mfa_client.sealing import ReplyKey
from mfa_contracts.codec import encode
from mfa_contracts.commands import COMMANDS, action
from mfa_contracts.ids import CommandId, TenantId, UserId, record_key
from mfa_contracts.tokens import TokenContext, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mfa_client.actors import Actor
    from mfa_client.signing import TokenSigner
    from mfa_contracts.commands import Command, Payload


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A command as it is sent: the same bytes each time, so that a repeat is known as one.

    Keep it until the outcome is known; only ``reply`` opens the recovery code that may come back.
    """

    command_id: CommandId
    tenant: TenantId
    user: UserId
    action: str
    key: bytes
    value: bytes = field(repr=False)
    token: bytes = field(repr=False)
    reply: ReplyKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be done to whom; ``make`` builds the payload for a command id and a reply key."""

    tenant: str
    user: str
    actor: Actor
    make: Callable[[CommandId, ReplyKey], Payload]
    command_id: CommandId | None = None
    correlation_id: str | None = None


async def prepare(wish: Wish, signer: TokenSigner, source: str, now: datetime) -> PreparedCommand:
    """Build, encode and sign a command.

    Raises:
        BadCommandError: a value that no command may carry; names the field, not the value.
    """
    reply, command_id = ReplyKey(), wish.command_id or CommandId(uuid4())
    try:
        command = _command(wish, wish.make(command_id, reply), command_id, source, now)
        value = encode(command)
        context = _context(command, value)
        token = await signer.token(wish.actor, context)
    except ValidationError as error:
        raise BadCommandError(_told(error)) from None
    except UnicodeEncodeError:
        # Its own words and its `object` hold the text, which may be a recovery code.
        raise BadCommandError("expected text that UTF-8 can carry, got half of a surrogate pair") from None
    key = record_key(command.tenantid, command.subject)
    return PreparedCommand(command_id, command.tenantid, command.subject, action(command), key, value, token, reply)


def _command(wish: Wish, payload: Payload, command_id: CommandId, source: str, now: datetime) -> Command:
    frame = next(c for c in COMMANDS if c.model_fields["data"].annotation is type(payload))
    return frame.model_validate(
        {
            "id": command_id,
            "source": source,
            "time": now.replace(microsecond=now.microsecond // 1000 * 1000),
            "correlationid": wish.correlation_id or str(command_id),
            "tenantid": wish.tenant,
            "subject": wish.user,
            "data": payload,
        }
    )


def _context(command: Command, value: bytes) -> TokenContext:
    return TokenContext(
        action=action(command),
        tenant=command.tenantid,
        target=command.subject,
        command_id=command.id,
        sha256=digest_of(value),
    )


def _told(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
