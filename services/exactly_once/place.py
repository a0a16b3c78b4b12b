"""Where in a service's own code an error arose: enough to find a defect, and nothing of the record that it met."""

from __future__ import annotations

import traceback
from typing import Final

_HERE: Final = __name__.partition(".")[0]


def told(error: BaseException, application: object) -> str:
    """Kind and place of an error, as in ``ValueError at package/module.py:12``.

    The text of a foreign error may quote a record and is left out.

    Args:
        error: as it was caught.
        application: whose package, beside this one, is the service's own: the innermost line of theirs is told.
    """
    kind = type(error).__name__
    place = _innermost(error, (_HERE, type(application).__module__.partition(".")[0]))
    return f"{kind} at {place}" if place else kind


def _innermost(error: BaseException, packages: tuple[str, ...]) -> str | None:
    place = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in packages:
            place = f"{module.replace('.', '/')}.py:{line}"
    return place
