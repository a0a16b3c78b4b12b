"""``mfa audit``."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final

from mfa_cli.asked import Count  # noqa: TC001 - the command line reads the annotation
from mfa_cli.connection import connection_now
from mfa_cli.errors import BadFilterError
from mfa_cli.printing import print_rows
from mfa_cli.tables import ask

COLUMNS: Final = ("at", "actor", "role", "tenant", "user", "kind", "code", "protected", "reason", "ticket")


def audit(  # noqa: PLR0913 - one for each filter
    *,
    tenant: str | None = None,
    user: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    actor: str | None = None,
    last: Count = 100,
    json: bool | None = None,
) -> int:
    """Show audit records: who did what to whom, why, with which result.

    Examples: mfa audit --tenant acme   ·   mfa audit --kind MfaReset --since 2026-11-01   ·   mfa audit --actor bob

    Parameters
    ----------
    tenant
        Of this tenant only.
    user
        About this user only.
    kind
        Of this kind only, for instance MfaReset.
    since
        From this time on (ISO 8601; UTC if no offset is given).
    actor
        Done by this actor only.
    last
        Only the last so many records.
    json
        JSON lines with every field; so anyway when the output is not a terminal.
    """
    rows = asyncio.run(ask(connection_now(), "audit", tenant, user, kind, _moment(since), actor, last))
    print_rows(rows, COLUMNS, asked=json, none="There is no such record.")
    return 0


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadFilterError(f"--since: expected a time like 2026-11-24T09:00, got {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
