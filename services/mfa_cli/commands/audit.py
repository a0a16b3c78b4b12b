"""``mfa audit``."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mfa_cli.asked import Count  # noqa: TC001 - the command line reads the annotation
from mfa_cli.columns import Column, of
from mfa_cli.connection import connection_now
from mfa_cli.errors import BadFilterError
from mfa_cli.printing import print_rows
from mfa_cli.tables import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHAT: Final = Column("what", lambda row: row["kind"] if row["verdict"] == "accepted" else row["code"])
_WHY: Final = (of("reason"), of("ticket"))
_MORE: Final = (of("command"), of("actor_role", "role"), of("target_protected", "protected"))


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
        JSON lines with every column of the table; so anyway when the output is not a terminal.
    """
    wanted = (tenant, user, kind, _moment(since), actor, last)
    rows = asyncio.run(ask(connection_now(), "audit", *wanted))
    print_rows(rows, columns(tenant, user), asked=json, none="There is no such record.")
    return 0


def columns(tenant: str | None, user: str | None) -> Sequence[Column]:
    """What people are shown, the most important first; what they have asked for is the same in every row."""
    whose = () if tenant else (of("tenant_id", "tenant"),)
    whom = () if user else (of("user_id", "user"),)
    return (of("at"), *whose, of("actor_subject", "actor"), *whom, _WHAT, *_WHY, *_MORE)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadFilterError(f"--since: expected a time like 2026-11-24T09:00, got {text!r}") from None
