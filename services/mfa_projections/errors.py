"""What can go wrong on the read side.

ProjectionsError
├── StartError              the service must not start
│   └── SettingError        a setting is missing or makes no sense
├── StoreError              the database is gone, slow or busy; nothing is wrong with the records
│   └── OvertakenError      another projector has moved the checkpoint
└── RowRefusedError         the database will never take these rows
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
