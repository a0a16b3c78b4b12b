"""Signed commands with something done to them: none of them is what its sender signed for its user's partition."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from support.commands import Signed

_ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    2**63,
    1e308,
    "",
    "\x00",
    "é" * 300,
    [],
    {},
    [[]],
    {"a": {}},
    "a/b",
)


def mutated(signed: Signed, chance: Random) -> Signed:
    """Something else than ``signed``, as chance has it."""
    while True:
        changed = chance.choice(_WAYS)(signed, chance)
        if changed != signed:
            return changed


def _bytes_changed(signed: Signed, chance: Random) -> Signed:
    value = bytearray(signed.value)
    for _ in range(chance.randint(1, 8)):
        value[chance.randrange(len(value))] = chance.randrange(256)
    return replace(signed, value=bytes(value))


def _cut(signed: Signed, chance: Random) -> Signed:
    return replace(signed, value=signed.value[: chance.randrange(len(signed.value))])


def _doubled(signed: Signed, chance: Random) -> Signed:
    start = chance.randrange(len(signed.value))
    some = signed.value[start : start + chance.randint(1, 200)]
    return replace(signed, value=signed.value[:start] + some * chance.randint(2, 5) + signed.value[start:])


def _noise(signed: Signed, chance: Random) -> Signed:
    return replace(signed, value=chance.randbytes(chance.randint(0, 600)))


def _nested(signed: Signed, chance: Random) -> Signed:
    depth = chance.randint(1, 5_000)
    return replace(signed, value=chance.choice([b"[", b'{"a":']) * depth)


def _field_changed(signed: Signed, chance: Random) -> Signed:
    """A field gone, added, or of another kind, anywhere in the body."""
    body = json.loads(signed.value)
    inner = chance.choice([body, body["data"]])
    name = chance.choice(sorted(inner))
    match chance.randrange(3):
        case 0:
            del inner[name]
        case 1:
            inner[name] = chance.choice(_ODD)
        case _:
            inner[f"x{name}"] = inner[name]
    return replace(signed, value=json.dumps(body).encode())


def _key_changed(signed: Signed, chance: Random) -> Signed:
    return replace(signed, key=chance.choice([b"", b"acme", b"acme/", b"/ann", b"acme/\xff", signed.key + b"x"]))


def _token_changed(signed: Signed, chance: Random) -> Signed:
    ((name, token),) = signed.headers
    changed = bytearray(token)
    changed[chance.randrange(len(changed))] = chance.randrange(256)
    odd = [(), signed.headers * 2, ((name, b""),), ((name, bytes(changed)),), ((name, chance.randbytes(400)),)]
    return replace(signed, headers=chance.choice(odd))


_WAYS: Final[tuple[Callable[[Signed, Random], Signed], ...]] = (
    _bytes_changed,
    _cut,
    _doubled,
    _noise,
    _nested,
    _field_changed,
    _key_changed,
    _token_changed,
)
