"""Packed state: small, the same again, and never misread."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfa_commands.domain.errors import OlderFormat
from mfa_commands.domain.packed import FORMAT, pack, unpack
from mfa_commands.domain.state import CODES, INITIAL, KINDS, METHODS
from mfa_contracts.vocabulary import AccountKind, Method, OutcomeCode
from unit.mfa_commands.domain.asking import ANN, CONFIRMED, DEMOTED, ENROLLED, LOCKED, NEWCOMER, enroll, redeem

RENEWED = ENROLLED.given(enroll("dev_abcdefghijklmnop"), CONFIRMED).later(timedelta(hours=30))
TYPICAL = RENEWED.given(redeem(), ANN, code_matches=True)


@pytest.mark.parametrize("story", [NEWCOMER, ENROLLED, LOCKED, DEMOTED, TYPICAL])
def test_what_was_packed_is_read_back(story: object) -> None:
    state = story.state  # type: ignore[attr-defined] # a story
    assert unpack(pack(state)) == state


def test_equal_states_pack_to_equal_bytes() -> None:
    assert pack(unpack(pack(TYPICAL.state))) == pack(TYPICAL.state)


def test_a_typical_user_takes_at_most_350_bytes() -> None:
    assert len(pack(TYPICAL.state)) <= 350


def test_a_newcomer_takes_next_to_nothing() -> None:
    assert len(pack(INITIAL)) <= 32


@pytest.mark.parametrize("packed", [b"", bytes((FORMAT + 1,)), bytes((0,)) + pack(INITIAL)[1:]])
def test_another_format_is_told_from_this_one(packed: bytes) -> None:
    with pytest.raises(OlderFormat, match=f"expected packed state of format {FORMAT}"):
        unpack(packed)


@pytest.mark.parametrize("cut", range(1, 20))
def test_damaged_bytes_are_not_a_state(cut: int) -> None:
    with pytest.raises(OlderFormat, match="damaged"):
        unpack(pack(TYPICAL.state)[:-cut])


def test_the_words_keep_their_numbers() -> None:
    # Packed states hold these numbers: a word that moves must raise FORMAT, and this list with it.
    assert FORMAT == 1
    assert METHODS[:8] == tuple(map(Method, METHODS_OF_FORMAT_1))
    assert KINDS[:3] == (AccountKind.END_USER, AccountKind.TENANT_ADMIN, AccountKind.SUPPORT)
    assert CODES[:3] == (OutcomeCode.OK, OutcomeCode.NOTHING_CHANGED, OutcomeCode.CODE_ALREADY_SENT)
    assert CODES.index(OutcomeCode.TOO_MANY_REQUESTS) == 20


METHODS_OF_FORMAT_1 = (
    "totp push-notification sms voice email webauthn-roaming webauthn-platform duo".split()  # noqa: SIM905 - one line
)
