"""What can be wrong with a message.

ContractError
├── UnreadableMessageError   not a message of this language (JSON, type, field, length …)
└── BadKeyError              a record key that is not ``tenant/user``
"""

from __future__ import annotations

from typing import ClassVar


class ContractError(ValueError):
    """A message or key does not follow the contract."""

    code: ClassVar[str] = "contract"


class UnreadableMessageError(ContractError):
    """The bytes are not a message of this language; the text names the place and never quotes the payload."""

    code: ClassVar[str] = "malformed"


class BadKeyError(ContractError):
    """The record key is not ``tenant/user``."""

    code: ClassVar[str] = "bad_key"
