"""Names for new enrolments."""

from __future__ import annotations

import secrets
from base64 import b32encode

from mfa_contracts.ids import EnrollmentId


def new_enrollment_id() -> EnrollmentId:
    """An enrolment id that nobody has: ``dev_`` and 80 random bits."""
    return EnrollmentId("dev_" + b32encode(secrets.token_bytes(10)).decode().lower())
