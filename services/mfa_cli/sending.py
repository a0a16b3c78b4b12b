"""Many plain commands at once, their outcomes in the order of the lines."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never
from uuid import uuid4

from mfa_cli.errors import BadLineError
from mfa_cli.plain_command import parse, send
from mfa_client import BadCommandError, ClientError, Done, Invalid, OutcomeUnknownError, Refused
from mfa_contracts.ids import CommandId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from mfa_cli.plain_command import PlainCommand
    from mfa_client import MfaClient, Outcome

AT_ONCE: Final = 200
"""Commands under way at the same time."""

PATIENCE_S: Final = 120.0
"""So long a command without an outcome is asked again; its token lives five minutes."""

_PAUSE_S: Final = 0.5


class Worst(IntEnum):
    """The exit code: the worst thing that came back."""

    ACCEPTED = 0
    REFUSED = 3
    INVALID = 4
    UNKNOWN = 5
    INTERRUPTED = 130


class Answer(NamedTuple):
    """What came of a line: how bad it is, and what to print."""

    worst: Worst
    told: dict[str, object]


@dataclass(frozen=True, slots=True)
class _UnderWay:
    number: int
    command: PlainCommand
    task: asyncio.Task[Answer]


class Sending:
    """Sends lines; while an outcome is unknown, asks again with the very same bytes.

    Args:
        mfa: the client to send through.
        patience_s: how long to go on asking, in seconds.
    """

    def __init__(self, mfa: MfaClient, *, patience_s: float = PATIENCE_S) -> None:
        self._mfa = mfa
        self._patience_s = patience_s
        self._under_way: deque[_UnderWay | Answer] = deque()

    async def answers(self, lines: Iterable[str | bytes]) -> AsyncIterator[Answer]:
        """For each line that is not empty, in order, what came of it."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            self._under_way.append(self._begun(number, line))
            # Begun before the next is made: commands of one user are sent in the order of their lines.
            await asyncio.sleep(0)
            if len(self._under_way) >= AT_ONCE:
                yield await self._first()
        while self._under_way:
            yield await self._first()

    def interrupted(self) -> Iterator[Answer]:
        """Nobody waits any longer: what has come of the lines under way, in order."""
        while self._under_way:
            each = self._under_way.popleft()
            if isinstance(each, Answer):
                yield each
            elif each.task.done():
                yield each.task.result()
            else:
                each.task.cancel()
                yield _unknown(each.number, each.command, "interrupted before an answer came")

    def _begun(self, number: int, line: str | bytes) -> _UnderWay | Answer:
        try:
            command = parse(line)
        except BadLineError as error:
            return Answer(Worst.INVALID, _error(number, error))
        # Named here, so that it can be told before there is an outcome.
        named = command.model_copy(update={"command_id": command.command_id or CommandId(uuid4())})
        return _UnderWay(number, named, asyncio.create_task(self._answer(number, named)))

    async def _first(self) -> Answer:
        first = self._under_way[0]
        # Waited for, not awaited: an interruption must leave it in the queue and running, to be told of.
        if isinstance(first, _UnderWay):
            await asyncio.wait({first.task})
        self._under_way.popleft()
        return first if isinstance(first, Answer) else first.task.result()

    async def _answer(self, number: int, command: PlainCommand) -> Answer:
        try:
            return _told(number, await self._outcome(command))
        except BadCommandError as error:
            return Answer(Worst.INVALID, _error(number, error))
        except OutcomeUnknownError as error:
            return _unknown(number, command, str(error).partition(";")[0])
        except ClientError as error:
            return Answer(Worst.UNKNOWN, _error(number, error))

    async def _outcome(self, command: PlainCommand) -> Outcome:
        clock = asyncio.get_running_loop().time
        late = clock() + self._patience_s
        try:
            return await send(command, self._mfa)
        except OutcomeUnknownError as error:
            unknown = error
        while clock() < late:
            try:
                return await self._mfa.ask_again(unknown.prepared)
            except OutcomeUnknownError as error:
                unknown = error
            # A connection that is refused answers at once.
            await asyncio.sleep(_PAUSE_S)
        raise unknown


def _error(number: int, error: BadLineError | ClientError) -> dict[str, object]:
    return {"line": number, "verdict": "error", "code": error.code, "message": str(error)}


def _unknown(number: int, command: PlainCommand, why: str) -> Answer:
    # The same line once more would be another command, with other bytes: its id would be refused as reused.
    looking = f"`mfa history {command.tenant} {command.user} --json`"
    told = {
        "line": number,
        "verdict": "error",
        "code": OutcomeUnknownError.code,
        "message": f"{why}; it may be decided, now or later: look for its command_id in {looking} before you repeat it",
        "command_id": str(command.command_id),
    }
    return Answer(Worst.UNKNOWN, told)


def _told(number: int, outcome: Outcome) -> Answer:
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
            return Answer(Worst.ACCEPTED, told if code is None else {**told, "recovery_code": code.shown()})
        case Refused(retry_at=retry_at):
            return Answer(Worst.REFUSED, told if retry_at is None else {**told, "retry_at": retry_at.isoformat()})
        case Invalid():
            return Answer(Worst.INVALID, told)
        case _:
            assert_never(outcome)
