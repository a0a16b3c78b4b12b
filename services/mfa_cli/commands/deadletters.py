"""``mfa deadletters list`` and ``mfa deadletters show``."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number

from mfa_cli.asked import Count  # noqa: TC001 - the command line reads the annotation
from mfa_cli.columns import of
from mfa_cli.connection import connection_now
from mfa_cli.dead_letters import letter_of, letters, original
from mfa_cli.printing import print_fields, print_rows

if TYPE_CHECKING:
    from exactly_once.records import Record
    from mfa_contracts.deadletters import DeadLetterMessage

COLUMNS: Final = (*map(of, ("at", "code", "partition", "offset")), of("reason", wraps=True), of("bytes"))

deadletters = App(
    name="deadletters", help="Look at records that could not be decided: which, where, and why.", version_flags=[]
)

Place = Annotated[int, Parameter(validator=Number(gte=0, lt=2**63))]


@deadletters.command(name="list")
def list_letters(*, code: str | None = None, last: Count = 100, json: bool | None = None) -> int:
    """Show dead letters, the oldest first.

    Examples: mfa deadletters list   ·   mfa deadletters list --code token_invalid --last 5

    Parameters
    ----------
    code
        With this code only, for instance malformed.
    last
        Only the last so many.
    json
        JSON lines; so anyway when the output is not a terminal.
    """
    found = asyncio.run(letters(connection_now()))
    rows = [_row(letter) for letter in found if code in {None, letter.data.code}]
    print_rows(rows[-last:], COLUMNS, asked=json, none="There is no such dead letter.")
    return 0


@deadletters.command
def show(partition: Place, offset: Place, *, value: bool = False, json: bool | None = None) -> int:
    """Show one dead letter with its record, which is read where it stands and must have the dead letter's hash.

    Examples: mfa deadletters show 3 1207   ·   mfa deadletters show 3 1207 --value | jq

    Parameters
    ----------
    partition
        The record's partition of mfa.commands.
    offset
        The record's offset there.
    value
        Write the record's bytes, and nothing else. They may hold what somebody wrote where it does not belong.
    json
        One JSON object; so anyway when the output is not a terminal.
    """
    connection = connection_now()
    letter = asyncio.run(letter_of(connection, partition, offset))
    record = asyncio.run(original(connection, letter.data.record))
    if value:
        sys.stdout.buffer.write(record.value or b"")
        sys.stdout.buffer.flush()
        return 0
    print_fields({**_row(letter), **_of(record)}, asked=json)
    return 0


def _row(letter: DeadLetterMessage) -> dict[str, object]:
    dead = letter.data
    return {
        "at": letter.time,
        "code": str(dead.code),
        "reason": dead.reason,
        "topic": dead.record.topic,
        "partition": dead.record.partition,
        "offset": dead.record.offset,
        "bytes": dead.record.size,
        "sha256": dead.record.sha256,
        "command_id": letter.causationid,
    }


def _of(record: Record) -> dict[str, object]:
    key = None if record.key is None else record.key.decode(errors="replace")
    return {"key": key, "headers": [name for name, _ in record.headers], "hash": "as the dead letter says"}
