"""Settings from environment variables: the forms that workers share, and what is wrong in words for an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails
    from pydantic_settings import BaseSettings

Servers = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._\[\]:-]+:[0-9]{1,5}(,[A-Za-z0-9._\[\]:-]+:[0-9]{1,5})*$")
]
"""``host:port``, several with commas."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,128}$")]
"""A consumer group, or the beginning of several."""


def what_is_wrong(error: ValidationError, settings: type[BaseSettings]) -> str:
    """Name each variable that is missing or makes no sense, and what it is; values are not quoted."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(_told(fault, settings) for fault in faults)


def _told(fault: ErrorDetails, settings: type[BaseSettings]) -> str:
    prefix = settings.model_config.get("env_prefix", "")
    variable = prefix + "_".join(str(part) for part in fault["loc"]).upper()
    description = settings.model_fields[str(fault["loc"][0])].description
    return f"{variable}: {fault['msg']}. It is: {description}"
