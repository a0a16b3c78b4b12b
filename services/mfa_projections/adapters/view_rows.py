"""Rows of the views to columns and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import astuple

from mfa_projections.views import Enrollment, Enrollments, RecoveryCode, Status, UserRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncpg

_STATUS_COLUMNS: Final = len(Status.__struct_fields__)
_ENROLLMENTS: Final = msgspec.json.Decoder(tuple[Enrollment, ...])


def loaded(row: asyncpg.Record) -> UserRows:
    """The rows of a user, as ``rows_load`` gives them: the columns of the status, the enrolments, the code's."""
    values = tuple(row.values())
    tenant_id, user_id = values[0], values[1]
    return UserRows(
        Status(*values[:_STATUS_COLUMNS]),
        Enrollments(tenant_id, user_id, _ENROLLMENTS.decode(values[_STATUS_COLUMNS])),
        RecoveryCode(tenant_id, user_id, *values[_STATUS_COLUMNS + 1 :]),
    )


def columns(rows: Iterable[msgspec.Struct]) -> list[list[object]]:
    """The fields of rows as columns; none without rows."""
    return [list(column) for column in zip(*map(astuple, rows), strict=True)]


def enrollments_columns(rows: Iterable[Enrollments]) -> list[list[object]]:
    """The same for the enrolments, which are one JSON array."""
    plain = ((row.tenant_id, row.user_id, msgspec.json.encode(row.enrollments).decode()) for row in rows)
    return [list(column) for column in zip(*plain, strict=True)]
