"""``mfa send``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path  # noqa: TC003 - the command line reads the annotation
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mfa_cli.connection import connection_now
from mfa_cli.errors import BadFileError
from mfa_cli.local_client import local_client
from mfa_cli.printing import print_json
from mfa_cli.sending import Sending, Worst

if TYPE_CHECKING:
    from collections.abc import Sequence


def send(file: Annotated[Path, Parameter(allow_leading_hyphen=True)], /) -> int:
    """Send plain commands, one JSON object a line, and print their outcomes, one JSON object a line, in order.

    Each is sealed and signed with the local key. A line that is no command gets an error with its number; the
    others go on. Where no outcome comes, the same command is asked for again, for two minutes. Exit code: 0 all
    accepted, 3 some refused, 4 some invalid, 5 some unknown, 130 interrupted: then commands under way are printed as
    outcome_unknown with their command_id, and later lines were not sent.

    Example: echo '{"command":"ResetMfa","tenant":"acme","user":"ann","reason":"lost_device","ticket":"T-1",
    "actor":{"role":"tenant_admin","user":"bob"}}' | mfa send -

    Parameters
    ----------
    file
        NDJSON file, or - for standard input. Fields: command, tenant, user, actor (role, user …), and what the
        command needs: method, code, reason, ticket, enrollment_id, kind …
    """
    return asyncio.run(send_lines(_content(file).split(b"\n")))


def _content(file: Path) -> bytes:
    # Bytes: what is no UTF-8 spoils its own line only.
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        told = f"{file}: expected a file of commands, one JSON object a line, got: {error.strerror}"
        raise BadFileError(f"{told}. Name another one, or - for standard input.") from None


async def send_lines(lines: Sequence[bytes]) -> int:
    """Send them and print what comes of each; the answer is the exit code. May be cancelled."""
    worst = Worst.ACCEPTED
    console = Console(stderr=True)
    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # A bar among the outcomes would tear both.
    hidden = not console.is_terminal or sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=sum(1 for line in lines if line.strip()))
        async with local_client(connection_now(), "mfa-send") as mfa:
            sending = Sending(mfa)
            try:
                async for how_bad, told in sending.answers(lines):
                    print_json(told)
                    worst = max(worst, how_bad)
                    bar.advance(task)
            except asyncio.CancelledError:
                # Ctrl-C: what was sent may be done, and somebody will ask.
                for _, told in sending.interrupted():
                    print_json(told)
                return int(Worst.INTERRUPTED)
    return int(worst)
