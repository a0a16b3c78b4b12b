"""The client of the MFA reset and recovery service, for other services."""

from mfa_client.actors import Actor, AdminActor, ServiceActor, SupportActor, UserActor
from mfa_client.client import MfaClient
from mfa_client.enrollment_ids import new_enrollment_id
from mfa_client.errors import (
    BadCommandError,
    ClientError,
    ForeignOutcomeError,
    NotSentError,
    OutcomeUnknownError,
    SettingError,
    StatusError,
    StatusStaleError,
    StatusUnavailableError,
)
from mfa_client.preparing import PreparedCommand
from mfa_client.results import Done, Invalid, Outcome, Refused
from mfa_client.sealing import RecoveryCode, ServiceKey, read_service_key
from mfa_client.settings import ClientSettings
from mfa_client.signing import LocalSigner, TokenSigner, local_signer
from mfa_client.status import MfaStatus

__all__ = [
    "Actor",
    "AdminActor",
    "BadCommandError",
    "ClientError",
    "ClientSettings",
    "Done",
    "ForeignOutcomeError",
    "Invalid",
    "LocalSigner",
    "MfaClient",
    "MfaStatus",
    "NotSentError",
    "Outcome",
    "OutcomeUnknownError",
    "PreparedCommand",
    "RecoveryCode",
    "Refused",
    "ServiceActor",
    "ServiceKey",
    "SettingError",
    "StatusError",
    "StatusStaleError",
    "StatusUnavailableError",
    "SupportActor",
    "TokenSigner",
    "UserActor",
    "local_signer",
    "new_enrollment_id",
    "read_service_key",
]
