"""The form of a recovery code: always 24 letters and digits, forgiving to read, and slips are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_contracts.recovery_code import ALPHABET, BODY_SYMBOLS, CODE_SYMBOLS, new_code, normalised, shown

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS: Final = st.integers(min_value=0, max_value=32**BODY_SYMBOLS - 1)
PLACES: Final = st.integers(min_value=0, max_value=CODE_SYMBOLS - 1)


def drawn(*numbers: int) -> Callable[[int], int]:
    """A source that gives ``numbers``, one after the other."""
    left = iter(numbers)
    return lambda below: next(left) % below


def codes() -> st.SearchStrategy[str]:
    """Codes of all numbers whose check symbol is a letter or digit."""
    multiples = st.integers(min_value=0, max_value=32**BODY_SYMBOLS // 37 - 1)
    return st.builds(lambda multiple, check: new_code(drawn(multiple * 37 + check)), multiples, st.integers(0, 31))


@given(NUMBERS, NUMBERS)
def test_a_new_code_is_24_symbols_of_the_alphabet_whatever_is_drawn(first: int, second: int) -> None:
    code = new_code(drawn(first, second, 0))

    assert len(code) == CODE_SYMBOLS == 24
    assert set(code) <= set(ALPHABET)


@given(codes())
def test_a_new_code_reads_as_itself(code: str) -> None:
    assert normalised(code) == code


@given(st.integers(min_value=0, max_value=32**BODY_SYMBOLS // 37 - 1), st.integers(min_value=32, max_value=36))
def test_a_body_whose_check_would_be_another_sign_is_drawn_again(multiple: int, check: int) -> None:
    assert new_code(drawn(multiple * 37 + check, 5)) == "0" * 22 + "55"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, "0" * 24),
        (31, "0" * 22 + "ZZ"),
        (38, "0" * 21 + "16" + "1"),
        (32**23 - 8, "Z" * 22 + "R" + "9"),
    ],
)
def test_the_check_symbol_is_the_number_modulo_37(number: int, code: str) -> None:
    assert new_code(drawn(number)) == code


def test_the_whole_space_of_115_bits_is_asked_for() -> None:
    asked = []

    def zero(below: int) -> int:
        asked.append(below)
        return 0

    new_code(zero)

    assert asked == [2**115]


@given(codes())
def test_a_code_is_shown_in_six_groups_of_four(code: str) -> None:
    groups = shown(code).split("-")

    assert [len(group) for group in groups] == [4] * 6
    assert "".join(groups) == code


@given(codes(), st.data())
def test_case_dashes_spaces_and_alike_signs_do_not_matter(code: str, data: st.DataObject) -> None:
    alike = {"0": "0Oo", "1": "1IiLl"}
    signs = (data.draw(st.sampled_from(alike.get(sign, sign + sign.lower()))) for sign in code)
    gaps = (data.draw(st.sampled_from(["", "-", " "])) for _ in code)
    typed = "".join(sign + gap for sign, gap in zip(signs, gaps, strict=True))

    assert normalised(typed) == code


@given(codes(), PLACES, st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_seen(code: str, place: int, wrong: str) -> None:
    slip = code[:place] + wrong + code[place + 1 :]

    assert normalised(slip) == (code if slip == code else None)


@given(codes(), st.integers(min_value=0, max_value=CODE_SYMBOLS - 2))
def test_two_neighbours_swapped_are_always_seen(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert normalised(swapped) == (code if swapped == code else None)


@pytest.mark.parametrize("typed", ["", " ", "0" * 23, "0" * 25, "U" + "0" * 23, "0" * 20 + "é000", "0" * 24 + " " * 41])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalised(typed) is None


@given(st.text(max_size=80))
def test_any_text_is_a_whole_code_or_none(typed: str) -> None:
    code = normalised(typed)

    assert code is None or normalised(shown(code)) == code
