"""The people and the commands of the stories, and a few stories that others begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from mfa_contracts import commands as c
from mfa_contracts.vocabulary import AccountKind, Role
from support.asker import MINUTE, Asker
from support.story import NOON, Story

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
KEY = "k" * 43
BOX = {"kid": "seal-1", "box": "b" * 100}

ANN = Asker()
CONFIRMED = replace(ANN, second=MINUTE)
BOB = Asker("bob", Role.TENANT_ADMIN, login=None, first=None, kind=None, version=None)
SUE = replace(BOB, subject="sue", role=Role.SUPPORT, tenant="vendor")
DIRECTORY = replace(BOB, subject="directory", role=Role.SERVICE)
AUDITOR = replace(BOB, subject="otto", role=Role.AUDITOR)
WHY = {"reason": "lost_device", "ticket": "T-1"}


def _sent(kind: type[c.Command], data: dict[str, object], said: dict[str, Any]) -> c.Command:
    frame = {"id": uuid4(), "source": "login", "time": NOON, "correlationid": "c-1", "tenantid": "acme"}
    names = {name: said.pop(name) for name in ("id", "tenantid", "subject") if name in said}
    return kind.model_validate({**frame, "subject": "ann", **names, "data": {**data, **said}})


def enroll(enrollment_id: str = "dev_totp", method: str = "totp", **said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.EnrollCommand, {"enrollment_id": enrollment_id, "method": method, "reply_key": KEY}, said)


def redeem(**said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.RedeemRecoveryCodeCommand, {"sealed_code": BOX, "reply_key": KEY}, said)


def reset(**said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.ResetMfaCommand, dict(WHY), said)


def remove(enrollment_id: str = "dev_totp", **said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.RemoveEnrollmentCommand, {"enrollment_id": enrollment_id, **WHY}, said)


def regenerate(**said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.RegenerateRecoveryCodeCommand, {"reply_key": KEY, **WHY}, said)


def void(**said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.VoidRecoveryCodeCommand, dict(WHY), said)


def classify(kind: AccountKind = AccountKind.END_USER, version: int = 1, **said: Any) -> c.Command:  # noqa: ANN401 - any field
    return _sent(c.ClassifyAccountCommand, {"kind": kind, "directory_version": version}, said)


def restored(enrollment_id: str = "dev_totp") -> dict[str, str]:
    """A re-installed app that asks to keep this enrolment."""
    return {"enrollment_id": enrollment_id, "app_instance": "app-2"}


def wrong(story: Story, times: int) -> Story:
    """``times`` wrong codes, each as soon as it may be tried."""
    for _ in range(times):
        story = story.later(15 * MINUTE).when(redeem(), ANN, code_matches=False)
    return story


NEWCOMER = Story()
ENROLLED = NEWCOMER.given(enroll(app_instance="app-1"), ANN).later(HOUR)
WITHOUT_CODE = NEWCOMER.given(enroll("dev_mail", "email"), ANN).later(HOUR)
LOCKED = wrong(ENROLLED, 10)


def of_kind(kind: AccountKind) -> Story:
    """An enrolled account of this kind."""
    return NEWCOMER.given(enroll(), replace(ANN, kind=kind)).later(HOUR)


DEMOTED = of_kind(AccountKind.TENANT_ADMIN).given(classify(version=2), DIRECTORY)
