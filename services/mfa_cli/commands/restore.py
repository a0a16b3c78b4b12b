"""``mfa restore``."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - the command line reads the annotation

from mfa_cli.commands.backup import COLUMNS, rows_of
from mfa_cli.connection import connection_now
from mfa_cli.printing import print_rows
from mfa_cli.watching import watched


def restore(directory: Path, *, without: tuple[str, ...] = (), json: bool | None = None) -> int:
    """Put the events of a backup into a new, empty cluster. No worker may run meanwhile.

    All files are checked before anything is written, and what was written is read back. Start the workers then: state,
    tables and audit records are made from the events. The secrets must be those of the old cluster.

    Examples: mfa restore /backups/monday   ·   mfa restore /backups/monday --without 3@1207 --without 3@1208

    Parameters
    ----------
    directory
        What `mfa backup` has written.
    without
        PARTITION@OFFSET of an event that is left out, because somebody else than the command service has written it.
    json
        JSON lines, one for each partition; so anyway when the output is not a terminal.
    """
    from mfa_cli.backup.leaving_out import place_in  # noqa: PLC0415 - help is shown sooner without it
    from mfa_cli.backup.restoring import restore as put_back  # noqa: PLC0415 - as above

    connection = connection_now()
    with watched("Writing and reading back") as progressed:
        parts = put_back(connection.kafka_bootstrap, directory, without={*map(place_in, without)}, on_done=progressed)
    print_rows(rows_of(parts), COLUMNS, asked=json, none="There is no partition.")
    return 0
