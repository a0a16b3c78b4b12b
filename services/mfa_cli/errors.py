"""What can keep the command line from doing what it was asked.

CliError
├── NothingRunningError   there is nothing to talk to
├── BadLineError          a line of input is no command
├── BadFileError          a file of commands cannot be read
├── BadFilterError        a filter makes no sense
├── ContradictionError    two things are asked for that exclude each other
├── DatabaseError         the tables cannot be asked
├── NoSuchRecordError     there is no such dead letter, or its record is no longer kept
├── OtherRecordError      another record stands where a dead letter says that its own does
└── BackupError           the events cannot be kept or put back; see ``mfa_cli.backup.errors``
"""

from __future__ import annotations

from typing import ClassVar


class CliError(Exception):
    """Base of this package's errors; the message says what was expected, what came, what to do."""

    code: ClassVar[str] = "cli"


class NothingRunningError(CliError):
    """There is nothing to talk to."""

    code: ClassVar[str] = "nothing_running"


class BadLineError(CliError):
    """A line of input is no command. Its values are not quoted: there may be a recovery code among them."""

    code: ClassVar[str] = "bad_line"


class BadFileError(CliError):
    """A file of commands cannot be read."""

    code: ClassVar[str] = "bad_file"


class BadFilterError(CliError):
    """A filter makes no sense."""

    code: ClassVar[str] = "bad_filter"


class ContradictionError(CliError):
    """Two things are asked for that exclude each other."""

    code: ClassVar[str] = "contradiction"


class DatabaseError(CliError):
    """The tables cannot be asked."""

    code: ClassVar[str] = "database"


class NoSuchRecordError(CliError):
    """There is no dead letter of this record, or the record itself is no longer kept."""

    code: ClassVar[str] = "no_such_record"


class OtherRecordError(CliError):
    """Another record stands where a dead letter says that its own does."""

    code: ClassVar[str] = "other_record"
