"""Who is in the story, and what they carry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from mfa_contracts.ids import EnrollmentId, UserId
from mfa_contracts.vocabulary import AccountKind


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has given user name and password; ``second_factor``: and has just confirmed with another factor."""

    user: UserId
    kind: AccountKind = AccountKind.END_USER
    second_factor: bool = False

    @property
    def name(self) -> str:
        """As in the sentences."""
        return self.user.capitalize()

    def confirmed(self) -> Person:
        """The same, after a second factor."""
        return replace(self, second_factor=True)


ANN: Final = Person(UserId("ann"))
DORA: Final = Person(UserId("dora"))
BOB: Final = Person(UserId("bob"), AccountKind.TENANT_ADMIN)
CAROL: Final = Person(UserId("carol"), AccountKind.TENANT_ADMIN)

PHONE: Final = EnrollmentId("dev_phone")
TABLET: Final = EnrollmentId("dev_tablet")
TOTP: Final = EnrollmentId("dev_totp")
