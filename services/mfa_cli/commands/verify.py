"""``mfa verify``."""

from __future__ import annotations

from mfa_cli.connection import connection_now
from mfa_cli.verify.run import run


def verify(*, json: bool | None = None) -> int:
    """Check that the log, the state, the tables and the audit records agree. Exit code 1: they do not, and where.

    Parameters
    ----------
    json
        JSON lines, one for each rule; so anyway when the output is not a terminal.
    """
    return run(connection_now(), as_json=json)
