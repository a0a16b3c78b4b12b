"""What every message has in common: frozen, strict about fields, and texts that cannot hurt a log or a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

NO_CONTROL: Final = r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$"
"""No control characters, line separators or bidirectional overrides: they forge log lines and screens."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_CONTROL)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_CONTROL)]

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _plausible(moment: datetime) -> datetime:
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("expected a time between the years 2000 and 2200")
    return moment.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_plausible)]
"""A moment in UTC; RFC 3339 on the wire, milliseconds where we mint it."""


class Frozen(BaseModel):
    """A value: unknown fields are refused, nothing changes after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False, hide_input_in_errors=True)


class Personal(Frozen):
    """All that tells about a person stands here and nowhere else, so that it can be encrypted and erased.

    Every field is optional; texts are at most 64 or 500 characters.
    """

    name: ShortText | None = None
    device_label: ShortText | None = None
    address_hint: ShortText | None = None
    ip: ShortText | None = None
    user_agent: LongText | None = None
    reason_text: LongText | None = None
