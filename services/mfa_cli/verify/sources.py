"""What the checks of a partition read, and what they leave for the check of the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mfa_cli.verify.owners import Owners

if TYPE_CHECKING:
    from exactly_once.position import LogIdentity
    from mfa_cli.verify.log import LogReader
    from mfa_cli.verify.tables import Database


@dataclass(frozen=True, slots=True)
class Sources:
    """What is read, and whose log it is. The workers are waited for until ``patience`` (loop time)."""

    log: LogReader
    database: Database
    identity: LogIdentity
    patience: float
    owners: Owners = field(default_factory=Owners)
