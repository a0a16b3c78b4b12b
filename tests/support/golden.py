"""The golden messages of ``schemas/examples``, and how each kind is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa_contracts.codec import decode_audit, decode_command, decode_dead_letter, decode_event, decode_outcome
from mfa_contracts.tokens import TokenClaims

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "schemas/examples"

_READERS: Final[Mapping[str, Callable[[bytes], BaseModel]]] = {
    "command": decode_command,
    "event": decode_event,
    "outcome": decode_outcome,
    "deadletter": decode_dead_letter,
    "audit": decode_audit,
    "token": TokenClaims.model_validate_json,
}


def golden_names() -> tuple[str, ...]:
    """The names of all golden files without their ending, for instance ``mfa.event.MfaReset.v1``."""
    return tuple(sorted(path.name.removesuffix(".json") for path in EXAMPLES.glob("*.json")))


def golden_bytes(name: str) -> bytes:
    """The bytes of a golden file."""
    return (EXAMPLES / f"{name}.json").read_bytes()


def type_of(name: str) -> str:
    """The message type of a golden file: a second example of one type has one word more in its name."""
    return ".".join(name.split(".")[:4])


def read(name: str, value: bytes) -> BaseModel:
    """``value`` as a message of the kind that ``name`` says."""
    return _READERS[name.split(".")[1]](value)
