"""Outcomes: every code has one verdict and one sentence, and an answer follows from the facts alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, get_args

import pytest

from mfa_contracts.codec import decode_event, decode_outcome
from mfa_contracts.envelope import AnswerEnvelope
from mfa_contracts.events import CommandRefused, MfaReset, News, NothingChanged, RecoveryCodeRejected
from mfa_contracts.outcomes import SENTENCES, Accepted, Invalid, Outcome, Refused, answer, code_of, verdict_of
from mfa_contracts.sealing import SealedCode
from mfa_contracts.vocabulary import OutcomeCode, Verdict
from support.golden import golden_bytes

LATER: Final = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOX: Final = SealedCode(kid="reply", box="b" * 96)
VERDICTS: Final[dict[Verdict, type[Outcome]]] = {
    Verdict.ACCEPTED: Accepted,
    Verdict.REFUSED: Refused,
    Verdict.INVALID: Invalid,
}


def news(name: str) -> News:
    return decode_event(golden_bytes(f"mfa.event.{name}.v1")).data


@pytest.mark.parametrize("code", OutcomeCode)
def test_every_code_has_a_sentence(code: OutcomeCode) -> None:
    assert SENTENCES[code].endswith(".")


@pytest.mark.parametrize("code", OutcomeCode)
def test_every_code_is_answered_with_its_verdict(code: OutcomeCode) -> None:
    said = answer(code)

    assert isinstance(said, VERDICTS[verdict_of(code)])
    assert (said.code, said.message, said.verdict) == (code, SENTENCES[code], verdict_of(code))


@pytest.mark.parametrize(
    ("verdict", "codes"),
    [
        (Verdict.ACCEPTED, {"ok", "nothing_changed", "code_already_sent"}),
        (
            Verdict.INVALID,
            {
                "malformed",
                "too_large",
                "key_mismatch",
                "wrong_partition",
                "token_missing",
                "token_invalid",
                "internal_error",
            },
        ),
    ],
)
def test_only_these_codes_are_not_refusals(verdict: Verdict, codes: set[str]) -> None:
    assert {code.value for code in OutcomeCode if verdict_of(code) is verdict} == codes


def test_a_detail_is_added_to_the_sentence() -> None:
    assert answer(OutcomeCode.MALFORMED, detail="data.ticket: missing").message.endswith("(data.ticket: missing)")


def test_only_an_accepted_answer_carries_a_code() -> None:
    carrying = {code for code in OutcomeCode if hasattr(answer(code, sealed_code=BOX), "sealed_code")}

    assert carrying == {code for code in OutcomeCode if verdict_of(code) is Verdict.ACCEPTED}


def test_only_a_refusal_says_when_to_try_again() -> None:
    telling = {code for code in OutcomeCode if hasattr(answer(code, retry_at=LATER), "retry_at")}

    assert telling == {code for code in OutcomeCode if verdict_of(code) is Verdict.REFUSED}


@pytest.mark.parametrize(
    "fact", [fact for fact in get_args(News) if fact not in {CommandRefused, RecoveryCodeRejected, NothingChanged}]
)
def test_every_other_fact_means_done(fact: type[News]) -> None:
    assert code_of([news(fact.__name__)]) == (OutcomeCode.OK, None)


def test_a_refusal_is_answered_with_its_own_code_and_time() -> None:
    refusal = news("CommandRefused").model_copy(update={"code": OutcomeCode.TOO_MANY_ATTEMPTS, "retry_at": LATER})

    assert code_of([refusal]) == (OutcomeCode.TOO_MANY_ATTEMPTS, LATER)


def test_a_wrong_code_is_answered_alike_when_it_locks_the_account() -> None:
    rejected = news("RecoveryCodeRejected")

    assert code_of([rejected, news("RecoveryLocked")])[0] is code_of([rejected])[0] is OutcomeCode.INVALID_RECOVERY_CODE


def test_a_repeat_is_accepted_as_nothing_changed() -> None:
    assert code_of([news("NothingChanged")]) == (OutcomeCode.NOTHING_CHANGED, None)


def test_the_answers_frame_names_neither_tenant_nor_user() -> None:
    assert not {"tenantid", "subject", "sequence"} & set(AnswerEnvelope.model_fields)


@pytest.mark.parametrize("said", [Accepted, Refused, Invalid])
def test_an_answer_has_no_place_for_who_or_why(said: type[Outcome]) -> None:
    told = set(said.model_fields)

    assert not told & {"actor", "target", "reason", "reason_text", "ticket", "personal", "tenant", "user"}


def test_a_reset_tells_more_than_its_answer() -> None:
    assert {"reason", "ticket", "actor", "removed"} <= set(MfaReset.model_fields)


def test_the_verdict_decides_which_answer_is_read() -> None:
    read = [
        decode_outcome(golden_bytes(f"mfa.outcome.CommandDecided.v1{kind}")).data
        for kind in ("", ".refused", ".invalid")
    ]

    assert [type(said) for said in read] == [Accepted, Refused, Invalid]
