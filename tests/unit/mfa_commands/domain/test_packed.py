"""Packed state: small, the same again, and never misread."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfa_commands.domain.errors import OlderFormat
from mfa_commands.domain.packed import FORMAT, pack, unpack
from mfa_commands.domain.state import CODES, INITIAL, KINDS, METHODS
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
    # Packed states hold these numbers: a word that moves answers repeats with another's code, unless FORMAT is raised.
    words = {"METHODS": METHODS, "KINDS": KINDS, "CODES": CODES}
    numbers = {name: {word.value: number for number, word in enumerate(table)} for name, table in words.items()}

    assert (FORMAT, numbers) == (
        1,
        {"METHODS": METHODS_OF_FORMAT_1, "KINDS": KINDS_OF_FORMAT_1, "CODES": CODES_OF_FORMAT_1},
    )


METHODS_OF_FORMAT_1 = {
    "totp": 0,
    "push-notification": 1,
    "sms": 2,
    "voice": 3,
    "email": 4,
    "webauthn-roaming": 5,
    "webauthn-platform": 6,
    "duo": 7,
}
KINDS_OF_FORMAT_1 = {"end_user": 0, "tenant_admin": 1, "support": 2}
CODES_OF_FORMAT_1 = {
    "ok": 0,
    "nothing_changed": 1,
    "code_already_sent": 2,
    "invalid_recovery_code": 3,
    "too_many_attempts": 4,
    "admin_target_forbidden": 5,
    "self_reset_forbidden": 6,
    "approval_required": 7,
    "step_up_required": 8,
    "first_factor_required": 9,
    "ticket_required": 10,
    "not_enrolled": 11,
    "unknown_enrollment": 12,
    "already_enrolled": 13,
    "too_many_enrollments": 14,
    "state_changed": 15,
    "account_unclassified": 16,
    "forbidden": 17,
    "expired": 18,
    "command_id_reused": 19,
    "too_many_requests": 20,
    "erased": 21,
    "malformed": 22,
    "too_large": 23,
    "key_mismatch": 24,
    "wrong_partition": 25,
    "token_missing": 26,
    "token_invalid": 27,
    "internal_error": 28,
}
"""New words are added at the end, here and there."""
