"""``mfa``: run, look, send, verify."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from cyclopts import App

from mfa_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "up": "Run Kafka, PostgreSQL and the workers until Ctrl-C; how to connect is printed.",
    "demo": "Play the story of a lost phone on a real Kafka and a real PostgreSQL, and check every step.",
    "send": "Send plain commands, one JSON object a line, and print their outcomes.",
    "state": "Show how a user stands: enrolments, recovery code, kind of account, version.",
    "history": "Show what has happened in a tenant, or to one of its users, in order.",
    "audit": "Show audit records: who did what to whom, why, with which result.",
    "deadletters": "Look at records that could not be decided: which, where, and why.",
    "backup": "Write all events into files with hashes.",
    "restore": "Put the events of a backup into a new, empty cluster.",
    "rebuild": "Build the tables anew beside those that readers are shown, compare, and put them in place.",
    "verify": "Check that the log, the state, the tables and the audit records agree.",
}
"""Each with what it is for, told without importing it."""

INTERRUPTED: Final = 130
"""What a shell expects of a program that Ctrl-C has ended."""

_CANNOT: Final = 2


def app(arguments: Sequence[str] = ()) -> App:
    """The command line; without a command it shows its help. A command among the ``arguments`` tells of itself."""
    commands = App(
        name="mfa",
        help="MFA reset and recovery: run it, look at it, send commands, verify that everything agrees.",
        help_epilogue="All but up and demo talk to what `./run up` runs in another terminal.",
        version_flags=[],
        result_action="return_value",
    )
    for name, told in COMMANDS.items():
        # Imported when it is called: to show a row nobody should wait for the libraries of the workers.
        known = {} if name in arguments else {"help": told}
        commands.command(f"mfa_cli.commands.{name}:{name}", **known)
    return commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the answer is its exit code, 2 when it could not do what it was asked."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given)(given)
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        sys.stderr.write(f"{told}\n")
        return _CANNOT
    return int(code or 0)


def _told(error: Exception) -> str | None:
    """What to say of an error that can be expected; None for any other."""
    if isinstance(error, (CliError, *_errors_of_others())):
        return str(error)
    if isinstance(error, OSError):
        return (
            f"expected files and addresses that can be used, got: {error}. Look at that path; if it is below the "
            "directory of the local servers, MFA_LOCAL_DIR can name another one."
        )
    return None


def _errors_of_others() -> tuple[type[Exception], ...]:
    # Late: what they come with takes half a second to import, and most commands need little of it.
    from exactly_once import ExactlyOnceError  # noqa: PLC0415 - see above
    from mfa_cli.verify.errors import VerifyError  # noqa: PLC0415 - see above
    from mfa_client import ClientError  # noqa: PLC0415 - see above
    from mfa_local.errors import LocalError  # noqa: PLC0415 - see above
    from mfa_projections.errors import ProjectionsError  # noqa: PLC0415 - see above

    return ClientError, ExactlyOnceError, LocalError, ProjectionsError, VerifyError


if __name__ == "__main__":
    raise SystemExit(main())
