"""``mfa state``."""

from __future__ import annotations

import asyncio
import sys

from mfa_cli.connection import connection_now
from mfa_cli.printing import print_fields
from mfa_cli.tables import ask


def state(tenant: str, user: str, *, json: bool | None = None) -> int:
    """Show how a user stands: enrolments, recovery code, kind of account, version. Exit code 1: nothing is known.

    Example: mfa state acme ann

    Parameters
    ----------
    tenant
        The user's tenant.
    user
        The user.
    json
        One line of JSON; so anyway when the output is not a terminal.
    """
    rows = asyncio.run(ask(connection_now(), "state", tenant, user))
    if not rows:
        sys.stderr.write(f"Nothing is known of {user} in {tenant}: a newcomer, who enrols at the next log-in.\n")
        return 1
    print_fields(rows[0], asked=json)
    return 0
