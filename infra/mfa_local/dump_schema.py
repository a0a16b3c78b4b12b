"""``python -m mfa_local.dump_schema``: writes ``infra/postgres/schema.sql`` anew. A step for developers only."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from mfa_local import postgres, postgres_home
from mfa_local.databases import ensure_database
from mfa_local.errors import LocalError
from mfa_local.migrations import migrate, migrations
from mfa_local.places import Places
from mfa_local.ports import free_port
from mfa_local.schema import committed, dump
from mfa_local.secrets import make_secrets, postgres_password


def main() -> int:
    """Migrate an empty PostgreSQL of our own, dump its shape, write the file; exit code 1 with a message if not."""
    try:
        shape = asyncio.run(shape_of_an_empty_database())
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    file = Path(str(committed()))
    file.write_text(shape, encoding="utf-8")
    sys.stdout.write(f"{os.path.relpath(file)}: {len(shape.splitlines())} lines, {len(migrations())} migrations\n")
    return 0


async def shape_of_an_empty_database() -> str:
    """What the migrations make of nothing, on a server that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mfa-schema-") as root:
        places = Places(Path(root))
        make_secrets(places.secrets)
        try:
            home, password = postgres_home.find_home(places), postgres_password(places.secrets)
            async with postgres.running_server(home, places, free_port(), password) as server:
                url = server.database(postgres.DATABASE)
                await ensure_database(url)
                return await dump(url, await migrate(url, migrations()))
        finally:
            postgres_home.forget(places)


if __name__ == "__main__":
    raise SystemExit(main())
