"""What can go wrong while the local Kafka and PostgreSQL are set up.

LocalError
├── BadSettingError          a setting or a lock file that cannot be right
├── DownloadFailedError      a jar could not be fetched
├── ChecksumWrongError       a jar is not the locked one
├── DiskFullError            no room for a jar or for data
├── JavaMissingError         no Java of at least 17
├── PostgresMissingError     no PostgreSQL binaries
├── AlreadyRunningError      another process uses the same data
├── DataTooNewError          a newer Kafka has made the data
├── ServerDiedError          a server ended, or never became ready
├── WorkerDiedError          a worker ended, or never became ready
├── TopicMismatchError       a topic is there, but not as the catalogue says
└── MigrationError           the database's migrations and ours do not agree
"""

from __future__ import annotations

from typing import ClassVar


class LocalError(Exception):
    """The local servers cannot be used; the text says what was expected, what came and what to do."""

    code: ClassVar[str] = "local"


class BadSettingError(LocalError):
    """A setting or a committed file has a value that cannot be right."""

    code: ClassVar[str] = "bad_setting"


class DownloadFailedError(LocalError):
    """A jar could not be fetched from the Maven repository."""

    code: ClassVar[str] = "download_failed"


class ChecksumWrongError(LocalError):
    """A jar was fetched whole, yet it is not the one in the lock."""

    code: ClassVar[str] = "checksum_wrong"


class DiskFullError(LocalError):
    """There is no room left where a file had to be written."""

    code: ClassVar[str] = "disk_full"


class JavaMissingError(LocalError):
    """No Java runtime of at least version 17 was found."""

    code: ClassVar[str] = "java_missing"


class PostgresMissingError(LocalError):
    """No PostgreSQL binaries were found."""

    code: ClassVar[str] = "postgres_missing"


class AlreadyRunningError(LocalError):
    """Another process runs on the same data directory."""

    code: ClassVar[str] = "already_running"


class DataTooNewError(LocalError):
    """The data were made by a newer version of a server than the one that is to read them."""

    code: ClassVar[str] = "data_too_new"


class ServerDiedError(LocalError):
    """A server that we started ended by itself or did not become ready; the text holds the tail of its log."""

    code: ClassVar[str] = "server_died"


class WorkerDiedError(LocalError):
    """A worker that we started ended by itself or did not become ready; the text holds the tail of its log."""

    code: ClassVar[str] = "worker_died"


class TopicMismatchError(LocalError):
    """A topic exists with another partition count or another setting than the catalogue has."""

    code: ClassVar[str] = "topic_mismatch"


class MigrationError(LocalError):
    """A migration file is malformed, failed, or the database has one that we do not know."""

    code: ClassVar[str] = "migration"
