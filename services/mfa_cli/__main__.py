"""``mfa``: run, look, send, verify."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from cyclopts import App

from exactly_once import ExactlyOnceError
from mfa_cli.commands.audit import audit
from mfa_cli.commands.deadletters import deadletters
from mfa_cli.commands.demo import demo
from mfa_cli.commands.history import history
from mfa_cli.commands.rebuild import rebuild
from mfa_cli.commands.send import send
from mfa_cli.commands.state import state
from mfa_cli.commands.up import up
from mfa_cli.commands.verify import verify
from mfa_cli.errors import CliError
from mfa_cli.verify.errors import VerifyError
from mfa_client import ClientError
from mfa_local.errors import LocalError
from mfa_projections.errors import ProjectionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = (up, demo, send, state, history, audit, deadletters, rebuild, verify)
_TOLD: Final = (CliError, ClientError, ExactlyOnceError, LocalError, ProjectionsError, VerifyError, OSError)


def app() -> App:
    """The command line; without a command it shows its help."""
    commands = App(
        name="mfa",
        help="MFA reset and recovery: run it, look at it, send commands, verify that everything agrees.",
        help_epilogue="All but up and demo talk to what `./run up` runs in another terminal.",
        version_flags=[],
        result_action="return_value",
    )
    for command in COMMANDS:
        commands.command(command)
    return commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the answer is its exit code, 2 when it could not do what it was asked."""
    try:
        code = app()(list(sys.argv[1:] if arguments is None else arguments))
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stdout = None
        return 0
    except _TOLD as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return int(code or 0)


if __name__ == "__main__":
    raise SystemExit(main())
