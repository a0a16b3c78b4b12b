"""Views: what is shown of a user, folded purely from their events; one row per user and view (``UserRows``)."""

from mfa_projections.views.enrollments import Enrollment, Enrollments
from mfa_projections.views.folding import UserKey, UserRows, evolve, fold_history
from mfa_projections.views.history import HistoryRow, history_row
from mfa_projections.views.recovery_codes import CodeState, RecoveryCode
from mfa_projections.views.status import Status

__all__ = [
    "CodeState",
    "Enrollment",
    "Enrollments",
    "HistoryRow",
    "RecoveryCode",
    "Status",
    "UserKey",
    "UserRows",
    "evolve",
    "fold_history",
    "history_row",
]
