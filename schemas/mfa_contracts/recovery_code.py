"""The form of a recovery code: 23 random Crockford base32 symbols and a check symbol, 24 in all.

23 symbols are 115 bits, above the 112 that allow a keyed fast hash (NIST SP 800-63B-4 §3.1.2.2). The check symbol is
the number modulo 37; bodies whose check would be one of Crockford's five extra signs are redrawn, so that a code is
always letters and digits. Shown as six groups of four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_SYMBOLS: Final = 23
CODE_SYMBOLS: Final = BODY_SYMBOLS + 1
_GROUP: Final = 4
_CHECK_MODULUS: Final = 37
_FORGIVEN: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_TYPED_MAX: Final = 64


def new_code(random_below: Callable[[int], int]) -> str:
    """A fresh code of 24 symbols.

    Args:
        random_below: a cryptographic source, ``secrets.randbelow`` outside of tests.
    """
    while True:
        number = random_below(32**BODY_SYMBOLS)
        check = number % _CHECK_MODULUS
        if check < len(ALPHABET):
            return _symbols(number) + ALPHABET[check]


def normalised(typed: str) -> str | None:
    """What a person typed as the 24 symbols of a code, or None when it cannot be one (length, sign, check symbol).

    Case, spaces and dashes do not matter; O counts as 0, I and L as 1.
    """
    if len(typed) > _TYPED_MAX:
        return None
    code = typed.strip().upper().translate(_FORGIVEN)
    return code if _is_whole(code) else None


def shown(code: str) -> str:
    """A code as a person reads it: ``XXXX-XXXX-XXXX-XXXX-XXXX-XXXX``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _is_whole(code: str) -> bool:
    if len(code) != CODE_SYMBOLS or any(symbol not in ALPHABET for symbol in code):
        return False
    return _number(code[:BODY_SYMBOLS]) % _CHECK_MODULUS == ALPHABET.index(code[-1])


def _number(symbols: str) -> int:
    number = 0
    for symbol in symbols:
        number = number * 32 + ALPHABET.index(symbol)
    return number


def _symbols(number: int) -> str:
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(BODY_SYMBOLS)))
