"""A desk without servers: the real decider and the real views, in memory."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mfa_cli.demo.people import BOB
from mfa_cli.demo.steps import Answer, Standing
from mfa_commands.domain.decider import decide, may_try
from mfa_commands.domain.decision import Decided
from mfa_commands.domain.evolve import fold
from mfa_commands.domain.facts import Facts, Policy, VerifiedActor
from mfa_commands.domain.state import INITIAL, live_code
from mfa_contracts import commands as c
from mfa_contracts.events import RecoveryCodeIssued, RecoveryCodeRedeemed
from mfa_contracts.fact_parts import Actor, CommandSource, IssuedCode, Verifier
from mfa_contracts.ids import CodeId, CommandId, TenantId
from mfa_contracts.outcomes import SENTENCES, code_of
from mfa_contracts.recovery_code import new_code
from mfa_contracts.sealing import SealedCode
from mfa_contracts.vocabulary import Role
from mfa_projections.views import evolve as evolve_rows

if TYPE_CHECKING:
    from mfa_cli.demo.people import Person
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.events import Event
    from mfa_contracts.ids import EnrollmentId, UserId
    from mfa_contracts.vocabulary import Method, ResetReason
    from mfa_projections.views import UserRows

TENANT = TenantId("demo-1")
KEY = "k" * 43
BOX = SealedCode(kid="k1", box="b" * 64)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class DeciderDesk:
    """Decides at once; ``codes`` knows the codes by their id, as only the service could."""

    states: dict[UserId, UserMfa] = field(default_factory=dict)
    rows: dict[UserId, UserRows] = field(default_factory=dict)
    codes: dict[CodeId, str] = field(default_factory=dict)
    commands: int = 0

    async def enroll(self, who: Person, enrollment: EnrollmentId, method: Method) -> Answer:
        wish = c.EnrollCommand(
            **self._frame(who.user), data=c.Enroll(enrollment_id=enrollment, method=method, reply_key=KEY)
        )
        return self._decided(wish, self._user(who))

    async def redeem(self, who: Person, code: str, restored: EnrollmentId | None = None) -> Answer:
        app = None if restored is None else c.RestoredApp(enrollment_id=restored, app_instance="app-2")
        data = c.RedeemRecoveryCode(sealed_code=BOX, reply_key=KEY, restored_app=app)
        return self._decided(c.RedeemRecoveryCodeCommand(**self._frame(who.user), data=data), self._user(who), code)

    async def reset(self, admin: Person, whose: Person, reason: ResetReason, ticket: str) -> Answer:
        wish = c.ResetMfaCommand(**self._frame(whose.user), data=c.ResetMfa(reason=reason, ticket=ticket))
        return self._decided(wish, self._admin(admin))

    async def remove(
        self, admin: Person, whose: Person, enrollment: EnrollmentId, reason: ResetReason, ticket: str
    ) -> Answer:
        data = c.RemoveEnrollment(enrollment_id=enrollment, reason=reason, ticket=ticket)
        return self._decided(c.RemoveEnrollmentCommand(**self._frame(whose.user), data=data), self._admin(admin))

    async def standing(self, user: UserId, at_least: int) -> Standing:
        rows = self.rows[user]
        assert rows.status.sequence >= at_least
        return Standing(must_enroll=rows.status.must_enroll, recovery_code=rows.recovery_codes.state)

    def _decided(self, command: c.Command, actor: VerifiedActor, typed: str = "") -> Answer:
        state, fresh = self.states.get(command.subject, INITIAL), new_code(secrets.randbelow)
        facts = self._facts(command, actor, CodeId(f"rc_{self.commands:08d}"))
        if may_try(command, state, facts):
            live = live_code(state)
            assert live is not None
            facts = self._facts(command, actor, facts.new_code.code_id, matches=self.codes[live.code_id] == typed)
        decision = decide(command, state, facts)
        assert isinstance(decision, Decided)
        self._append(decision.events)
        return self._answer(command, decision.events, facts.new_code.code_id, fresh)

    def _append(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self.states[event.subject] = fold(self.states.get(event.subject, INITIAL), [event])
            self.rows[event.subject] = evolve_rows(self.rows.get(event.subject), event)

    def _answer(self, command: c.Command, events: tuple[Event, ...], code_id: CodeId, fresh: str) -> Answer:
        code, _ = code_of([event.data for event in events])
        issued = any(isinstance(event.data, RecoveryCodeIssued | RecoveryCodeRedeemed) for event in events)
        self.codes[code_id] = fresh
        return Answer(
            command.subject, code, SENTENCES[code], events[-1].sequence, events, new_code=fresh if issued else ""
        )

    def _facts(
        self, command: c.Command, actor: VerifiedActor, code_id: CodeId, *, matches: bool | None = None
    ) -> Facts:
        place = {"partition": 0, "offset": self.commands, "digest": "0" * 64}
        return Facts(
            now=self._now(),
            appended_at=self._now(),
            policy=Policy(),
            actor=actor,
            source=CommandSource.model_validate({"command": type(command.data).__name__, **place}),
            new_code=IssuedCode(code_id=code_id, verifier=Verifier(pepper_id="p1", salt="s" * 22, tag="t" * 43)),
            code_matches=matches,
        )

    def _now(self) -> datetime:
        return NOON + timedelta(seconds=self.commands)

    def _frame(self, user: UserId) -> dict[str, Any]:
        self.commands += 1
        frame = {"id": CommandId(uuid4()), "source": "demo", "time": self._now(), "correlationid": "c"}
        return {**frame, "tenantid": TENANT, "subject": user}

    def _user(self, who: Person) -> VerifiedActor:
        return VerifiedActor(
            _actor(who, Role.USER),
            login=f"login-{self.commands}",
            first_factor_at=self._now(),
            second_factor_at=self._now() if who.second_factor else None,
            account_kind=who.kind,
            directory_version=1,
        )

    def _admin(self, who: Person) -> VerifiedActor:
        assert who is BOB
        return VerifiedActor(_actor(who, Role.TENANT_ADMIN))


def _actor(who: Person, role: Role) -> Actor:
    names = {"issuer": "https://local.mfa.test", "tenant": TENANT, "workload": "demo", "txn": uuid4()}
    return Actor.model_validate({**names, "subject": who.user, "role": role})
