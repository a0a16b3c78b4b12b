"""Golden messages: ``schemas/examples/<type>.json`` and the manifest that keeps them from changing unseen.

A message type on the wire never changes, so neither does its example. The manifest has the form of ``sha256sum``.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from mfa_contracts.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST: Final = "MANIFEST"


class FrozenExampleError(ContractError):
    """A golden message was changed or taken away after it had been frozen."""

    code = "frozen_example"


def frozen(examples: Path) -> Mapping[str, str]:
    """The manifest: SHA-256 in hex by file name; empty while there is none."""
    manifest = examples / MANIFEST
    lines = manifest.read_text().splitlines() if manifest.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def digests(examples: Path) -> Mapping[str, str]:
    """The SHA-256 of every golden file as it is now."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(examples.glob("*.json"))}


def freeze(examples: Path) -> None:
    """Enter new golden files into the manifest.

    Raises:
        FrozenExampleError: one that is in it already is another now, or gone.
    """
    was, now = frozen(examples), digests(examples)
    broken = sorted(name for name, digest in was.items() if now.get(name) != digest)
    if broken:
        expected = "expected frozen examples to stay as they are"
        raise FrozenExampleError(f"{expected}, got another {', '.join(broken)}; put it back and add a new version")
    lines = [f"{digest}  {name}\n" for name, digest in now.items()]
    (examples / MANIFEST).write_text("".join(lines))
