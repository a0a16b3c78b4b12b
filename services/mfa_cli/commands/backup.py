"""``mfa backup``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - the command line reads the annotation
from typing import TYPE_CHECKING, Final

from mfa_cli.columns import of
from mfa_cli.connection import connection_now
from mfa_cli.printing import print_rows
from mfa_cli.watching import watched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_cli.backup.manifest import Part

COLUMNS: Final = tuple(map(of, ("partition", "records", "first", "last", "file", "sha256")))


def backup(directory: Path, *, json: bool | None = None) -> int:
    """Write all events into files with hashes. Workers may run meanwhile.

    The files hold personal data, and what recovery codes are checked by: keep them as closed as the log. The keys of
    the command service are not in them; without those no recovery code of a restored cluster can be redeemed.

    Parameters
    ----------
    directory
        Where to; empty, or not there yet.
    json
        JSON lines, one for each partition; so anyway when the output is not a terminal.
    """
    from mfa_cli.backup.taking import take  # noqa: PLC0415 - help is shown sooner without it

    connection = connection_now()
    with watched("Reading the events") as progressed:
        manifest = take(connection.kafka_bootstrap, directory, on_read=progressed)
    print_rows(rows_of(manifest.parts), COLUMNS, asked=json, none="There is no partition.")
    return 0


def rows_of(parts: Sequence[Part]) -> Sequence[Mapping[str, object]]:
    """A row for each partition."""
    return [asdict(part) for part in parts]
