"""An event in few words: its name, and what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_contracts import events as e

if TYPE_CHECKING:
    from mfa_contracts.events import Event


def event_name(event: Event) -> str:
    """For instance ``MfaReset``."""
    return type(event.data).__name__


def news_of(event: Event) -> str:
    """What was bound, removed, refused …; empty where the name says all."""
    match event.data:
        case e.AuthenticatorEnrolled(method=method) | e.AuthenticatorReplaced(method=method):
            return method.value
        case e.AuthenticatorRemoved(removed=removed):
            return ", ".join(gone.method.value for gone in removed)
        case e.MfaReset(removed=removed, voided_code=code):
            return ", ".join([*(gone.method.value for gone in removed), *(["recovery code"] if code else [])])
        case e.CommandRefused(code=code):
            return code.value
        case e.AccountClassified(kind=kind):
            return kind.value
        case _:
            return ""
