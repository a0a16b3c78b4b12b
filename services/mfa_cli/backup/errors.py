"""What keeps the events from being kept or put back.

BackupError
├── DirectoryTakenError    there is something where the backup is to be
├── CutLogError            the log does not hold all events any more
├── BadBackupError         a file of the backup is missing, or not what it was
├── NoSuchEventError       what is to be left out is not in the backup
├── NotNewError            the cluster holds records
├── OtherPartitionsError   the cluster has another number of partitions
├── AtWorkError            somebody consumes the cluster's topics
└── NotRestoredError       what stands in the cluster afterwards is not what the backup holds
"""

from __future__ import annotations

from typing import ClassVar

from mfa_cli.errors import CliError


class BackupError(CliError):
    """The events cannot be kept or put back."""

    code: ClassVar[str] = "backup"


class DirectoryTakenError(BackupError):
    """There is something where the backup is to be."""

    code: ClassVar[str] = "directory_taken"


class CutLogError(BackupError):
    """The log does not hold all events any more, so that nothing could be folded from a backup of it."""

    code: ClassVar[str] = "cut_log"


class BadBackupError(BackupError):
    """A file of the backup is missing, or not what it was when it was written."""

    code: ClassVar[str] = "bad_backup"


class NoSuchEventError(BackupError):
    """What is to be left out is not in the backup."""

    code: ClassVar[str] = "no_such_event"


class NotNewError(BackupError):
    """The cluster holds records."""

    code: ClassVar[str] = "not_new"


class OtherPartitionsError(BackupError):
    """The cluster has another number of partitions: the users would lie in others."""

    code: ClassVar[str] = "other_partitions"


class AtWorkError(BackupError):
    """Somebody consumes the cluster's topics."""

    code: ClassVar[str] = "at_work"


class NotRestoredError(BackupError):
    """What stands in the cluster afterwards is not what the backup holds."""

    code: ClassVar[str] = "not_restored"
