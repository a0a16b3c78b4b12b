"""The words that messages choose from. Their values are on the wire for ever: never rename one."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Method(StrEnum):
    """What kind of authenticator an enrolment is. Names as in Auth0's enrolment API."""

    TOTP = "totp"
    PUSH = "push-notification"
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    WEBAUTHN_ROAMING = "webauthn-roaming"
    WEBAUTHN_PLATFORM = "webauthn-platform"
    DUO = "duo"

    @property
    def grants_recovery_code(self) -> bool:
        """All but ``email`` and ``duo`` grant a recovery code with the first enrolment."""
        return self not in _WITHOUT_CODE


_WITHOUT_CODE: Final = frozenset({Method.EMAIL, Method.DUO})


class AccountKind(StrEnum):
    """What the directory says an account is. All but ``end_user`` are protected."""

    END_USER = "end_user"
    TENANT_ADMIN = "tenant_admin"
    SUPPORT = "support"


class Role(StrEnum):
    """In which role somebody acts, as a trusted issuer states it."""

    USER = "user"
    TENANT_ADMIN = "tenant_admin"
    SUPPORT = "support"
    SERVICE = "service"
    AUDITOR = "auditor"


class ResetReason(StrEnum):
    """Why an authenticator or code had to go."""

    LOST_DEVICE = "lost_device"
    STOLEN_DEVICE = "stolen_device"
    NEW_DEVICE = "new_device"
    REINSTALLED_APP = "reinstalled_app"
    COMPROMISED = "compromised"
    OFFBOARDING = "offboarding"
    OTHER = "other"


class IssueReason(StrEnum):
    """Why a recovery code was issued."""

    FIRST_ENROLLMENT = "first_enrollment"
    REGENERATED = "regenerated"


class VoidReason(StrEnum):
    """Why a recovery code died without being used."""

    REQUESTED = "requested"
    LAST_ENROLLMENT_REMOVED = "last_enrollment_removed"
    PEPPER_LOST = "pepper_lost"


class Verdict(StrEnum):
    """How a command ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    INVALID = "invalid"


class OutcomeCode(StrEnum):
    """The stable reason inside a verdict."""

    OK = "ok"
    NOTHING_CHANGED = "nothing_changed"
    CODE_ALREADY_SENT = "code_already_sent"

    INVALID_RECOVERY_CODE = "invalid_recovery_code"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    ADMIN_TARGET_FORBIDDEN = "admin_target_forbidden"
    SELF_RESET_FORBIDDEN = "self_reset_forbidden"
    APPROVAL_REQUIRED = "approval_required"
    STEP_UP_REQUIRED = "step_up_required"
    FIRST_FACTOR_REQUIRED = "first_factor_required"
    TICKET_REQUIRED = "ticket_required"
    NOT_ENROLLED = "not_enrolled"
    UNKNOWN_ENROLLMENT = "unknown_enrollment"
    ALREADY_ENROLLED = "already_enrolled"
    TOO_MANY_ENROLLMENTS = "too_many_enrollments"
    STATE_CHANGED = "state_changed"
    ACCOUNT_UNCLASSIFIED = "account_unclassified"
    FORBIDDEN = "forbidden"
    EXPIRED = "expired"
    COMMAND_ID_REUSED = "command_id_reused"
    TOO_MANY_REQUESTS = "too_many_requests"
    ERASED = "erased"

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    KEY_MISMATCH = "key_mismatch"
    WRONG_PARTITION = "wrong_partition"
    TOKEN_MISSING = "token_missing"  # noqa: S105 - the name of a refusal, not a secret
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - the name of a refusal, not a secret
    INTERNAL_ERROR = "internal_error"
