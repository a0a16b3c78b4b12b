"""What options may be, where more than one command has them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from cyclopts import Parameter
from cyclopts.validators import Number

Count: TypeAlias = Annotated[int, Parameter(validator=Number(gte=1, lt=2**63))]
"""How many rows."""
