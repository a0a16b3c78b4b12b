"""Key files of one directory, read strictly: a file that others may read or change is refused, like a missing one."""

from __future__ import annotations

import base64
import binascii
import re
import stat
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from mfa_commands.errors import SecretError

if TYPE_CHECKING:
    from pathlib import Path

SETTING: Final = "MFA_SECRETS_DIR"
KEY_BYTES: Final = 32

_OPEN_SECRET: Final = stat.S_IRWXO | stat.S_IWGRP
_OPEN_PUBLIC: Final = stat.S_IWOTH | stat.S_IWGRP
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+\Z")

T = TypeVar("T")


def read_secret(directory: Path, name: str, form: type[T]) -> T:
    """The content of a secret file, as ``form``; nobody outside its owner and group may read it.

    Raises:
        SecretError: naming the setting and the file, never the content.
    """
    return _read(directory / name, form, _OPEN_SECRET)


def read_public(directory: Path, name: str, form: type[T]) -> T:
    """The content of a file of public keys; whoever can change it decides whom we trust, so only its owner may."""
    return _read(directory / name, form, _OPEN_PUBLIC)


def key_bytes(name: str, value: str) -> bytes:
    """The 32 bytes of a base64url value without padding.

    Raises:
        SecretError: another form or length.
    """
    raw = _decoded(value)
    if len(raw) != KEY_BYTES:
        raise _refused(name, f"expected {KEY_BYTES} bytes in base64url without padding, got another form or length")
    return raw


def _read(file: Path, form: type[T], forbidden: int) -> T:
    try:
        mode = file.stat().st_mode
        content = file.read_bytes()
    except OSError as error:
        raise _refused(file.name, f"expected a readable file, got {error.strerror}") from None
    if mode & forbidden:
        raise _refused(file.name, f"its mode {stat.S_IMODE(mode):04o} opens it to others; `chmod 600` it")
    return _parsed(file.name, content, form)


def _parsed(name: str, content: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(name, f"expected JSON as in the documentation, got: {error}") from None


def _decoded(value: str) -> bytes:
    if not _BASE64URL.match(value):
        return b""
    try:
        return base64.urlsafe_b64decode(value + "==")
    except binascii.Error:
        return b""


def _refused(name: str, reason: str) -> SecretError:
    return SecretError(f"{SETTING}/{name}: {reason}")
