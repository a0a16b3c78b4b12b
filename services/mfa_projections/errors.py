"""What can go wrong on the read side.

ProjectionsError
├── StartError              the service must not start
│   └── SettingError        a setting is missing or makes no sense
├── StoreError              the database is gone, slow or busy; nothing is wrong with the records
│   ├── OvertakenError      another projector has moved the checkpoint
│   └── BusyError           readers do not make way for another version in time
├── RowRefusedError         the database will never take these rows
├── ShapeError              the tables that readers are shown have another shape than this program's
└── RebuildError            the tables cannot be rebuilt
    ├── RebuildRunningError somebody else does it just now
    └── NoVersionBeforeError there is nothing to go back to
"""

from __future__ import annotations

from typing import ClassVar


class ProjectionsError(Exception):
    """Base of all errors of the read side."""

    code: ClassVar[str] = "projections"


class StartError(ProjectionsError):
    """The service refuses to start; the message names what to change."""

    code: ClassVar[str] = "start_refused"


class SettingError(StartError):
    """A setting is missing or makes no sense."""

    code: ClassVar[str] = "setting"


class StoreError(ProjectionsError):
    """The database cannot be reached, is too slow or refuses for a passing reason; back off and try again."""

    code: ClassVar[str] = "database"


class OvertakenError(StoreError):
    """The checkpoint is not where this projector left it: another one works on the partition. Nothing was written."""

    code: ClassVar[str] = "overtaken"


class RowRefusedError(ProjectionsError):
    """The database will never take these rows as they are; no value of theirs is quoted."""

    code: ClassVar[str] = "row_refused"


class BusyError(StoreError):
    """Readers do not make way for another version in time; nothing was changed, try again."""

    code: ClassVar[str] = "busy"


class ShapeError(ProjectionsError):
    """The tables that readers are shown have another shape than this program's; it writes none of them."""

    code: ClassVar[str] = "shape"


class RebuildError(ProjectionsError):
    """The tables cannot be rebuilt; readers are shown what they were shown before."""

    code: ClassVar[str] = "rebuild"


class RebuildRunningError(RebuildError):
    """Somebody else rebuilds just now."""

    code: ClassVar[str] = "rebuild_running"


class NoVersionBeforeError(RebuildError):
    """There is no version to go back to."""

    code: ClassVar[str] = "no_version_before"
