"""The story of a lost phone: what the product does, told from the first enrolment to the auditor's view.

Every step says in a sentence what somebody does, then does it, and checks three things: the answer, the events that it
left in the log, and how the person stands afterwards. Read it from top to bottom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa_cli.demo.people import ANN, BOB, CAROL, DORA, PHONE, TABLET, TOTP
from mfa_cli.demo.steps import MUST_ENROLL, PROTECTED_BY_MFA, Expected
from mfa_contracts.ids import EnrollmentId
from mfa_contracts.vocabulary import Method, OutcomeCode, ResetReason

if TYPE_CHECKING:
    from mfa_cli.demo.teller import Teller

LOST: Final = ResetReason.LOST_DEVICE
NEW_PHONE: Final = EnrollmentId("dev_new_phone")
STRANGERS_PHONE: Final = EnrollmentId("dev_stranger")


async def tell(teller: Teller) -> None:
    """All chapters; the first step that does not hold ends the story with ``StepFailedError``."""
    first_code = await ann_sets_up_mfa(teller)
    second_code = await ann_loses_her_phone(teller, first_code)
    await the_admin_resets_her_mfa(teller, second_code)
    await admins_are_out_of_reach(teller)
    await removed_one_by_one(teller)
    await the_app_is_installed_anew(teller)


async def ann_sets_up_mfa(teller: Teller) -> str:
    """A first factor is enough for whoever has no enrolment; the first one brings one recovery code."""
    teller.chapter("Ann sets up MFA")
    set_up = await teller.step(
        "Ann logs in with her password and enrols Guardian (push) on her phone.",
        teller.desk.enroll(ANN, PHONE, Method.PUSH),
        Expected("AccountClassified", "AuthenticatorEnrolled", "RecoveryCodeIssued", then=PROTECTED_BY_MFA),
    )
    teller.show_code("Her one recovery code, shown once", set_up.new_code)
    await teller.step(
        "She adds a TOTP app and confirms that with Guardian.",
        teller.desk.enroll(ANN.confirmed(), TOTP, Method.TOTP),
        Expected("AuthenticatorEnrolled", then=PROTECTED_BY_MFA),
    )
    return set_up.new_code


async def ann_loses_her_phone(teller: Teller, code: str) -> str:
    """A password alone adds nothing to an enrolled account; the code gets Ann in, once."""
    teller.chapter("Ann loses her phone")
    await teller.step(
        "Somebody who knows her password, and no more, tries to add a phone.",
        teller.desk.enroll(ANN, STRANGERS_PHONE, Method.PUSH),
        Expected("CommandRefused", code=OutcomeCode.STEP_UP_REQUIRED, then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "They try a recovery code that is not hers.",
        teller.desk.redeem(ANN, teller.made_up_code()),
        Expected("RecoveryCodeRejected", code=OutcomeCode.INVALID_RECOVERY_CODE, then=PROTECTED_BY_MFA),
    )
    back_in = await teller.step(
        "Ann logs in with her name, her password and her code. In the same fact she is given a new one.",
        teller.desk.redeem(ANN, code),
        Expected("RecoveryCodeRedeemed", then=PROTECTED_BY_MFA),
    )
    teller.show_code("Her new code", back_in.new_code, shortened=True)
    await teller.step(
        "The used code is dead.",
        teller.desk.redeem(ANN, code),
        Expected("RecoveryCodeRejected", code=OutcomeCode.INVALID_RECOVERY_CODE, then=PROTECTED_BY_MFA),
    )
    return back_in.new_code


async def the_admin_resets_her_mfa(teller: Teller, code: str) -> None:
    """Everything goes in one event; then Ann is as a new user."""
    teller.chapter("The admin resets her MFA")
    await teller.step(
        "Bob, her tenant's admin, answers “Yes, reset it”. Both enrolments and the code go in one event.",
        teller.desk.reset(BOB, ANN, LOST, "T-1001"),
        Expected("MfaReset", then=MUST_ENROLL),
    )
    await teller.step(
        "The code from before the reset is dead too.",
        teller.desk.redeem(ANN, code),
        Expected("CommandRefused", code=OutcomeCode.NOT_ENROLLED, then=MUST_ENROLL),
    )
    anew = await teller.step(
        "At her next log-in Ann must set up MFA like a new user. She enrols her new phone.",
        teller.desk.enroll(ANN, NEW_PHONE, Method.PUSH),
        Expected("AuthenticatorEnrolled", "RecoveryCodeIssued", then=PROTECTED_BY_MFA),
    )
    teller.show_code("Her one recovery code", anew.new_code, shortened=True)


async def admins_are_out_of_reach(teller: Teller) -> None:
    """An admin's MFA is reset by support only; a refusal is a fact."""
    teller.chapter("Admins are out of an admin's reach")
    for admin, sentence in ((BOB, "Bob enrols Guardian himself."), (CAROL, "So does Carol, an admin as well.")):
        await teller.step(
            sentence,
            teller.desk.enroll(admin, PHONE, Method.PUSH),
            Expected("AccountClassified", "AuthenticatorEnrolled", "RecoveryCodeIssued", then=PROTECTED_BY_MFA),
        )
    await teller.step(
        "Bob tries to reset Carol's MFA.",
        teller.desk.reset(BOB, CAROL, LOST, "T-1002"),
        Expected("CommandRefused", code=OutcomeCode.ADMIN_TARGET_FORBIDDEN, then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "Bob tries to reset his own.",
        teller.desk.reset(BOB, BOB, LOST, "T-1003"),
        Expected("CommandRefused", code=OutcomeCode.SELF_RESET_FORBIDDEN, then=PROTECTED_BY_MFA),
    )


async def removed_one_by_one(teller: Teller) -> None:
    """Removing every enrolment ends as a reset does."""
    teller.chapter("Enrolments removed one by one")
    await teller.step(
        "Ann adds her TOTP app again, confirmed with Guardian.",
        teller.desk.enroll(ANN.confirmed(), TOTP, Method.TOTP),
        Expected("AuthenticatorEnrolled", then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "Bob removes her phone. TOTP and the code stay.",
        teller.desk.remove(BOB, ANN, NEW_PHONE, LOST, "T-1004"),
        Expected("AuthenticatorRemoved", then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "He removes TOTP, the last one. The code dies with it, and she stands as after a reset.",
        teller.desk.remove(BOB, ANN, TOTP, LOST, "T-1004"),
        Expected("AuthenticatorRemoved", "RecoveryCodeVoided", then=MUST_ENROLL),
    )


async def the_app_is_installed_anew(teller: Teller) -> None:
    """An app's word is never enough: it takes the code, a second factor, or a reset."""
    teller.chapter("The app is installed anew")
    set_up = await teller.step(
        "Dora enrols Guardian.",
        teller.desk.enroll(DORA, PHONE, Method.PUSH),
        Expected("AccountClassified", "AuthenticatorEnrolled", "RecoveryCodeIssued", then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "From a backup: she is asked for her recovery code and keeps the enrolment.",
        teller.desk.redeem(DORA, set_up.new_code, restored=PHONE),
        Expected("RecoveryCodeRedeemed", "AuthenticatorReplaced", then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "No backup, but another factor at hand: she confirms with it and enrols the app as a new one.",
        teller.desk.enroll(DORA.confirmed(), TABLET, Method.PUSH),
        Expected("AuthenticatorEnrolled", then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "No backup, no code, no other factor: the app alone is not enough …",
        teller.desk.enroll(DORA, NEW_PHONE, Method.PUSH),
        Expected("CommandRefused", code=OutcomeCode.STEP_UP_REQUIRED, then=PROTECTED_BY_MFA),
    )
    await teller.step(
        "… the admin resets her MFA …",
        teller.desk.reset(BOB, DORA, ResetReason.REINSTALLED_APP, "T-1005"),
        Expected("MfaReset", then=MUST_ENROLL),
    )
    await teller.step(
        "… and she sets up the app for the first time.",
        teller.desk.enroll(DORA, NEW_PHONE, Method.PUSH),
        Expected("AuthenticatorEnrolled", "RecoveryCodeIssued", then=PROTECTED_BY_MFA),
    )
