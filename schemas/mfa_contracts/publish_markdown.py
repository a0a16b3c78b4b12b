"""The message catalogue as Markdown: what can be asked, what can have happened, how a command can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_origin

from mfa_contracts.envelope import CommandEnvelope, EventEnvelope
from mfa_contracts.events import Fact
from mfa_contracts.outcomes import SENTENCES, verdict_of
from mfa_contracts.publish_catalogue import data_of, first_sentence, meaning, published
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic.fields import FieldInfo

    from mfa_contracts.publish_catalogue import PublishedMessage

_INTRO: Final = """# Messages

Written by `python -m mfa_contracts.publish`; `schemas/published` has the JSON Schema of each and the AsyncAPI
document, `schemas/examples` one frozen example of each. A `?` marks a field that may be left out."""


def markdown() -> str:
    """The whole page."""
    return f"{_INTRO}\n\n{_commands()}\n\n{_events()}\n\n{_outcomes()}\n"


def _commands() -> str:
    frame = f"Every command has {_names(CommandEnvelope.model_fields)}. Who asks stands in the header `txn-token`."
    rows = (_row(message, ()) for message in published() if message.folder == "commands")
    return "\n\n".join(("## Commands", frame, table(("command", "what it asks for", "fields"), rows)))


def _events() -> str:
    frame = f"Every event has {_names(EventEnvelope.model_fields)}; its data have {_names(Fact.model_fields)} and:"
    rows = (_row(message, Fact.model_fields) for message in published() if message.folder == "events")
    return "\n\n".join(("## Events", frame, table(("event", "what happened", "fields"), rows)))


def _outcomes() -> str:
    rows = ((f"`{code}`", verdict_of(code).value, SENTENCES[code]) for code in OutcomeCode)
    return "\n\n".join(("## Outcomes", table(("code", "verdict", "sentence"), rows)))


def _row(message: PublishedMessage, said: Iterable[str]) -> tuple[str, str, str]:
    own = {name: field for name, field in data_of(message).model_fields.items() if name not in set(said)}
    return f"`{message.name}`", first_sentence(meaning(message)), _names(own) or "none"


def _names(fields: Mapping[str, FieldInfo]) -> str:
    return ", ".join(f"`{name}`{'?' if _may_be_left_out(field) else ''}" for name, field in fields.items())


def _may_be_left_out(field: FieldInfo) -> bool:
    return not field.is_required() and get_origin(field.annotation) is not Literal


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join(_line(cells) for cells in (head, tuple("---" for _ in head), *rows))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
