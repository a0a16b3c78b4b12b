"""``python -m mfa_local.migrate``: brings the database of DATABASE_URL up to this version's tables."""

from __future__ import annotations

import asyncio
import os
import sys

from mfa_local.errors import LocalError
from mfa_local.migrations import migrate, migrations


def main() -> int:
    """Apply what is missing, tell what was applied; exit code 1 with a message where that is not possible."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        sys.stderr.write("expected DATABASE_URL=postgresql://USER:PASSWORD@HOST:PORT/NAME, got nothing. Set it.\n")
        return 2
    try:
        applied = asyncio.run(migrate(url, migrations()))
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"applied {migration.name}\n" for migration in applied) or "nothing to apply\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
