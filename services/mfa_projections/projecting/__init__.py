"""Topic to tables: a projector for each partition, one transaction for each batch, the checkpoint moved first."""

from mfa_projections.projecting.ports import Checkpoint, Database, Head, Place, Transaction
from mfa_projections.projecting.projections import AuditTable, Projection, Views
from mfa_projections.projecting.projectors import Projectors
from mfa_projections.projecting.setting import Setting

__all__ = [
    "AuditTable",
    "Checkpoint",
    "Database",
    "Head",
    "Place",
    "Projection",
    "Projectors",
    "Setting",
    "Transaction",
    "Views",
]
