"""A sound little log to be damaged: users of one partition, appends with everything that a real one carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from mfa_cli.verify.appended import Appended
from mfa_contracts.codec import decode_event, encode
from mfa_contracts.events import EVENTS, Event
from mfa_contracts.fact_parts import Actor, CommandSource, IssuedCode, Target, Verifier
from mfa_contracts.ids import CodeId, CommandId, TenantId, UserId, event_id
from mfa_contracts.vocabulary import AccountKind, IssueReason, Method, ResetReason, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NAMESPACE = UUID("00000000-0000-5000-8000-000000000001")
PARTITION = 3
TENANT = TenantId("acme")

_BY_NAME = {kind.__name__.removesuffix("Event"): kind for kind in EVENTS}


def issued(number: int) -> IssuedCode:
    """The ``number``-th code."""
    return IssuedCode(
        code_id=CodeId(f"rc_{number:016d}"), verifier=Verifier(pepper_id="p1", salt="s" * 22, tag="t" * 43)
    )


def command_id(number: int) -> CommandId:
    """The id of the ``number``-th command."""
    return CommandId(uuid5(NAMESPACE, str(number)))


@dataclass
class Log:
    """Appends like the command service does, one command after the other."""

    events: list[Appended] = field(default_factory=list)
    commands: int = 0
    _sequence: dict[str, int] = field(default_factory=dict)
    _version: dict[str, int] = field(default_factory=dict)

    def append(self, user: str, *news: tuple[str, Mapping[str, Any]], raises: bool = True) -> Log:
        """One command of ``user`` that left ``news``, each by name and own fields."""
        before = self._version.get(user, 0)
        self._version[user] = before + raises
        for number, (name, own) in enumerate(news):
            self._add(user, number, name, {**self._shared(user, before), **own})
        self.commands += 1
        # A transaction marker follows every commit, so offsets have holes.
        return self

    def _add(self, user: str, number: int, name: str, data: Mapping[str, Any]) -> None:
        self._sequence[user] = self._sequence.get(user, 0) + 1
        command = command_id(self.commands)
        event = _BY_NAME[name].model_validate(
            {
                "id": event_id(command, number),
                "source": "mfa_commands",
                "time": NOON + timedelta(seconds=self.commands),
                "correlationid": f"c{self.commands}",
                "tenantid": TENANT,
                "subject": UserId(user),
                "sequence": self._sequence[user],
                "causationid": command,
                "data": data,
            }
        )
        value = encode(event)
        self.events.append(Appended(PARTITION, len(self.events) + self.commands, decode_event(value), value))

    def _shared(self, user: str, before: int) -> dict[str, Any]:
        source = CommandSource(
            command="Enroll", partition=PARTITION, offset=self.commands * 2, digest=f"{self.commands:064x}"
        )
        return {
            "actor": self._actor(user),
            "source": source,
            "target": Target(kind=AccountKind.END_USER, protected=False),
            "mfa_version_before": before,
            "mfa_version": self._version[user],
        }

    def _actor(self, user: str) -> Actor:
        txn = uuid5(NAMESPACE, f"txn{self.commands}")
        return Actor(
            issuer="https://local", subject=UserId(user), role=Role.USER, tenant=TENANT, workload="login", txn=txn
        )


def enrolled(name: str, method: Method = Method.PUSH) -> tuple[str, dict[str, Any]]:
    return "AuthenticatorEnrolled", {"enrollment_id": name, "method": method}


def code(number: int, replaces: int | None = None) -> tuple[str, dict[str, Any]]:
    reason = IssueReason.FIRST_ENROLLMENT if replaces is None else IssueReason.REGENERATED
    ends = None if replaces is None else issued(replaces).code_id
    return "RecoveryCodeIssued", {"issued": issued(number), "replaces": ends, "issue_reason": reason}


def redeemed(number: int, replacement: int) -> tuple[str, dict[str, Any]]:
    own = {"code_id": issued(number).code_id, "replacement": issued(replacement), "login": "login-1"}
    return "RecoveryCodeRedeemed", own


def reset(voided: int | None) -> tuple[str, dict[str, Any]]:
    return "MfaReset", {
        "removed": [{"enrollment_id": "dev_push", "method": Method.PUSH}],
        "voided_code": None if voided is None else issued(voided).code_id,
        "reason": ResetReason.LOST_DEVICE,
        "ticket": "T-1",
        "sessions_invalid_before": NOON,
    }


CLASSIFIED: tuple[str, dict[str, Any]] = "AccountClassified", {"kind": AccountKind.END_USER, "directory_version": 1}


def sound() -> Log:
    """Ann enrols, redeems and is reset, while Cleo enrols: a log in which everything agrees."""
    return (
        Log()
        .append("ann", CLASSIFIED, enrolled("dev_push"), code(1))
        .append("cleo", CLASSIFIED, enrolled("dev_totp", Method.TOTP), code(10))
        .append("ann", redeemed(1, 2))
        .append("ann", ("RecoveryCodeRejected", {"failures": 1}), raises=False)
        .append("ann", reset(2))
        .append("cleo", code(11, replaces=10))
    )


def changed(appended: Appended, **frame: Any) -> Appended:  # noqa: ANN401 - any field of the frame
    """The same with other fields of its frame."""
    event: Event = appended.event.model_copy(update=frame)
    return Appended(appended.partition, appended.offset, event, encode(event))


def told(appended: Appended, **news: Any) -> Appended:  # noqa: ANN401 - any field of the fact
    """The same with other fields of its fact."""
    return changed(appended, data=appended.event.data.model_copy(update=news))
