"""Events as the command service leaves them, made by hand: a ``Life`` tells one user's facts in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from mfa_contracts import events as e
from mfa_contracts.codec import decode_event, encode
from mfa_contracts.fact_parts import Actor, IssuedCode
from mfa_contracts.ids import CommandId, event_id, record_key

if TYPE_CHECKING:
    from mfa_contracts.events import Event

START: Final = datetime(2026, 5, 4, 12, tzinfo=UTC)
_BY_NEWS: Final = {each.__name__.removesuffix("Event"): each for each in e.EVENTS}
_DIGEST: Final = "00" * 32


def uuid(name: str) -> UUID:
    """The same UUID for the same name."""
    return uuid5(NAMESPACE_URL, name)


def actor(subject: str = "ann", role: str = "user", tenant: str = "acme") -> Actor:
    said = {"issuer": "https://login.acme.example", "workload": "login", "txn": uuid(f"txn-{subject}")}
    return Actor.model_validate({**said, "subject": subject, "role": role, "tenant": tenant})


def code(name: str) -> IssuedCode:
    """An issued code ``rc_<name>``; name: 8 to 32 of [a-z0-9]."""
    verifier = {"pepper_id": "p1", "salt": "A" * 22, "tag": "B" * 43}
    return IssuedCode.model_validate({"code_id": f"rc_{name}", "verifier": verifier})


@dataclass
class Life:
    """One user's events; each method appends a fact, one second after the last, and gives it back."""

    tenant: str = "acme"
    user: str = "ann"
    partition: int = 0
    events: list[Event] = field(default_factory=list)
    version: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return (self.tenant, self.user)

    @property
    def record_key(self) -> bytes:
        return record_key(self.tenant, self.user)  # type: ignore[arg-type]  # plain texts

    def enrolled(self, name: str = "dev_guardian", method: str = "push-notification", **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.AuthenticatorEnrolled, enrollment_id=name, method=method, **said)

    def kept(self, name: str = "dev_guardian", app: str = "app-2", **said: Any) -> Event:  # noqa: ANN401 - any field
        told = {"method": "push-notification", "app_instance": app, **said}
        return self.tell(e.AuthenticatorReplaced, enrollment_id=name, **told)

    def removed(self, *names: str, remaining: int, **said: Any) -> Event:  # noqa: ANN401 - any field
        gone = tuple({"enrollment_id": name, "method": "totp"} for name in names)
        ended = None if remaining else self.at
        return self.tell(
            e.AuthenticatorRemoved, removed=gone, remaining=remaining, sessions_invalid_before=ended, **said
        )

    def issued(self, name: str = "00000001", **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.RecoveryCodeIssued, **{"issued": code(name), "issue_reason": "first_enrollment", **said})

    def redeemed(self, name: str = "00000001", by: str = "00000002", **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.RecoveryCodeRedeemed, code_id=f"rc_{name}", replacement=code(by), login="login-1", **said)

    def rejected(self, failures: int = 1, **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.RecoveryCodeRejected, changes=False, failures=failures, **said)

    def voided(self, name: str = "00000001", **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.RecoveryCodeVoided, **{"code_id": f"rc_{name}", "void_reason": "requested", **said})

    def locked(self, failures: int = 10, **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.RecoveryLocked, failures=failures, **said)

    def reset(self, *names: str, **said: Any) -> Event:  # noqa: ANN401 - any field
        gone = tuple({"enrollment_id": name, "method": "totp"} for name in names or ("dev_guardian",))
        told = {"removed": gone, "reason": "lost_device", "ticket": "T-1", "sessions_invalid_before": self.at}
        return self.tell(e.MfaReset, **{"actor": actor("bob", "tenant_admin"), **told, **said})

    def classified(self, kind: str = "end_user", version: int = 1, **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.AccountClassified, kind=kind, directory_version=version, **said)

    def refused(self, code: str = "step_up_required", **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.CommandRefused, changes=False, code=code, **said)

    def unchanged(self, **said: Any) -> Event:  # noqa: ANN401 - any field
        return self.tell(e.NothingChanged, changes=False, **said)

    def tell(self, news: type[e.Fact], *, changes: bool = True, **said: Any) -> Event:  # noqa: ANN401 - any field
        """Append a fact of any kind with these fields, in the form in which it is read from the log."""
        before = self.version
        self.version += changes
        common = {"actor": actor(self.user), "source": self._source(), "target": {"kind": None, "protected": False}}
        versions = {"mfa_version_before": before, "mfa_version": self.version}
        told = news.model_validate({**common, **versions, **said})
        event = decode_event(encode(_BY_NEWS[news.__name__].model_validate({**self._frame(), "data": told})))
        self.events.append(event)
        return event

    @property
    def at(self) -> datetime:
        """When the next fact happens."""
        return START + timedelta(seconds=len(self.events))

    def _source(self) -> dict[str, object]:
        place = {"partition": self.partition, "offset": len(self.events)}
        return {"command": "Example", "digest": _DIGEST, **place}

    def _frame(self) -> dict[str, object]:
        sequence = len(self.events) + 1
        command = CommandId(uuid(f"{self.tenant}/{self.user}/{sequence}"))
        ids = {"id": event_id(command, 0), "causationid": command, "correlationid": f"req-{sequence}"}
        whose = {"tenantid": self.tenant, "subject": self.user, "sequence": sequence}
        return {"source": "mfa_commands", "time": self.at, **ids, **whose}
