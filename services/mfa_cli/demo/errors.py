"""How the demo can fail."""

from __future__ import annotations

from typing import ClassVar


class DemoError(Exception):
    """The demo cannot go on."""

    code: ClassVar[str] = "demo_error"


class StepFailedError(DemoError):
    """A step did not hold; what differs has been printed."""

    code: ClassVar[str] = "step_failed"


class SilentLogError(DemoError):
    """Events that an outcome names do not appear in the log."""

    code: ClassVar[str] = "silent_log"
