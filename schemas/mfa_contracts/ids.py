"""Typed identifiers, and the record key ``tenant/user`` that places every message of a user."""

from __future__ import annotations

import re
from typing import Annotated, Final, NewType
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from mfa_contracts.errors import BadKeyError

TENANT_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"
USER_PATTERN: Final = r"^[\x20-\x7e]{1,128}$"

_TENANT: Final = re.compile(TENANT_PATTERN.replace("$", r"\Z"))
_USER: Final = re.compile(USER_PATTERN.replace("$", r"\Z"))

TenantId = NewType("TenantId", str)
"""A customer's name space: lower-case letters, digits and dashes, at most 63."""

UserId = NewType("UserId", str)
"""Opaque to us: 1 to 128 printable ASCII characters, for instance ``auth0|5f7c8ec7``."""

EnrollmentId = NewType("EnrollmentId", str)
"""An enrolment of one authenticator, for instance ``dev_k3v9q2``; the sender of ``Enroll`` chooses it."""

CodeId = NewType("CodeId", str)
"""Names a recovery code without being it."""

CommandId = NewType("CommandId", UUID)
EventId = NewType("EventId", UUID)

TenantField = Annotated[TenantId, StringConstraints(pattern=TENANT_PATTERN)]
UserField = Annotated[UserId, StringConstraints(pattern=USER_PATTERN)]
EnrollmentField = Annotated[EnrollmentId, StringConstraints(pattern=r"^[A-Za-z0-9_|.:-]{1,64}$")]
CodeIdField = Annotated[CodeId, StringConstraints(pattern=r"^rc_[a-z0-9]{8,32}$")]
OpaqueField = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
"""A name from another system (issuer, workload, log-in): printable ASCII without spaces."""

Sequence = Annotated[int, Field(ge=1, le=2**53)]
"""Counts all events of a user: 1..n without a gap."""

Version = Annotated[int, Field(ge=0, le=2**53)]
"""``mfa_version``: raised only by changes of enrolments, code, account kind or lock."""


def record_key(tenant: TenantId, user: UserId) -> bytes:
    """The Kafka key of every record about ``user``: UTF-8 ``tenant/user``."""
    return f"{tenant}/{user}".encode()


def split_key(key: bytes) -> tuple[TenantId, UserId]:
    """The tenant and user of a record key, split at the first ``/``.

    Raises:
        BadKeyError: not ``tenant/user``. The key is not quoted: it came from outside.
    """
    tenant, slash, user = key.decode("ascii", errors="replace").partition("/")
    if not slash or not _TENANT.match(tenant) or not _USER.match(user):
        expected = "expected a key `tenant/user` with a tenant of [a-z0-9-] and a user of printable ASCII"
        raise BadKeyError(f"{expected}, got {len(key)} bytes of another form; send the key that belongs to the body")
    return TenantId(tenant), UserId(user)


def event_id(command: CommandId, number: int) -> EventId:
    """The id of the ``number``-th event (from 0) of a command: the same again when the command is decided again."""
    return EventId(uuid5(command, str(number)))
