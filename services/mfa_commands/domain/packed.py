"""The state as bytes: one format byte, then msgpack of the structs as arrays.

Deterministic: equal states pack to equal bytes, so that ``fold(mfa.events)`` can be compared with ``mfa.state``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from mfa_commands.domain.errors import OlderFormat
from mfa_commands.domain.state import UserMfa

FORMAT: Final = 1
"""Raised with every change of the structs or tables in ``state``: older state is then folded from the log again."""

_HEAD: Final = bytes((FORMAT,))
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(UserMfa)


def pack(state: UserMfa) -> bytes:
    """The bytes of ``state``."""
    return _HEAD + _ENCODER.encode(state)


def unpack(packed: bytes) -> UserMfa:
    """The state in ``packed``.

    Raises:
        OlderFormat: another format, or damaged bytes; fold the user's events again.
    """
    if packed[:1] != _HEAD:
        got = packed[0] if packed else "nothing"
        raise OlderFormat(f"expected packed state of format {FORMAT}, got {got}; fold mfa.events again")
    try:
        return _DECODER.decode(memoryview(packed)[1:])
    except msgspec.MsgspecError:
        raise OlderFormat(f"expected format {FORMAT}, got damaged bytes; fold mfa.events again") from None
