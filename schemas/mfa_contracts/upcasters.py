"""How older versions of messages are read as the newest one.

An upcaster takes the decoded JSON of a whole message of one version and returns that of the next. Nothing is ever
rewritten in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

Json = dict[str, "JsonValue"]
JsonValue = None | bool | int | float | str | list["JsonValue"] | Json
Upcaster = Callable[[Json], Json]

UPCASTERS: Final[Mapping[str, Upcaster]] = MappingProxyType({})
"""By the ``type`` that is read, for instance ``mfa.event.MfaReset.v1``; each result names its new ``type``."""


def newest(message: Json, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> Json:
    """``message`` in the newest version, step by step."""
    while isinstance(kind := message.get("type"), str) and (upcast := upcasters.get(kind)) is not None:
        message = upcast(message)
    return message
