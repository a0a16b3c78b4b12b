"""Many plain commands at once, their outcomes in the order of the lines."""

from __future__ import annotations

import asyncio
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING, Final, assert_never

from mfa_cli.errors import BadLineError
from mfa_cli.plain_command import parse, send
from mfa_client import BadCommandError, ClientError, Done, Invalid, OutcomeUnknownError, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from mfa_client import MfaClient, Outcome

AT_ONCE: Final = 200
"""Commands under way at the same time."""


class Worst(IntEnum):
    """The exit code: the worst thing that came back."""

    ACCEPTED = 0
    REFUSED = 3
    INVALID = 4
    UNKNOWN = 5


async def answers(lines: Iterable[str | bytes], mfa: MfaClient) -> AsyncIterator[tuple[Worst, dict[str, object]]]:
    """For each line that is not empty, in order: how bad it is, and what to print."""
    under_way: deque[asyncio.Task[tuple[Worst, dict[str, object]]]] = deque()
    try:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            under_way.append(asyncio.create_task(_answer(number, line, mfa)))
            # Begun before the next is made: commands of one user are sent in the order of their lines.
            await asyncio.sleep(0)
            if len(under_way) >= AT_ONCE:
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()


async def _answer(number: int, line: str | bytes, mfa: MfaClient) -> tuple[Worst, dict[str, object]]:
    try:
        return _told(number, await send(parse(line), mfa))
    except (BadLineError, BadCommandError) as error:
        return Worst.INVALID, _error(number, error)
    except OutcomeUnknownError as error:
        return Worst.UNKNOWN, {**_error(number, error), "command_id": str(error.prepared.command_id)}
    except ClientError as error:
        return Worst.UNKNOWN, _error(number, error)


def _error(number: int, error: BadLineError | ClientError) -> dict[str, object]:
    return {"line": number, "verdict": "error", "code": error.code, "message": str(error)}


def _told(number: int, outcome: Outcome) -> tuple[Worst, dict[str, object]]:
    told: dict[str, object] = {
        "line": number,
        "verdict": type(outcome).__name__.lower().replace("done", "accepted"),
        "code": outcome.code.value,
        "message": outcome.message,
        "sequence": outcome.sequence,
        "mfa_version": outcome.mfa_version,
        "command_id": str(outcome.command_id),
        "event_ids": [str(event) for event in outcome.event_ids],
    }
    match outcome:
        case Done(recovery_code=code):
            return Worst.ACCEPTED, told if code is None else {**told, "recovery_code": code.shown()}
        case Refused(retry_at=retry_at):
            return Worst.REFUSED, told if retry_at is None else {**told, "retry_at": retry_at.isoformat()}
        case Invalid():
            return Worst.INVALID, told
        case _:
            assert_never(outcome)
