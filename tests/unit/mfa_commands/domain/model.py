"""The rules told a second time, with other means: dicts, no events. Only for the user ann and the admin bob."""

from __future__ import annotations

from typing import Any


class Model:
    """What ann has, and what she and bob are told. Wrong codes: free up to 3, a lock at the tenth, no waiting between."""

    def __init__(self) -> None:
        self.methods: dict[str, str] = {}
        self.code: str | None = None
        self.wrong = 0
        self.lost = {"login": "", "at": -1e9}
        self.answers: dict[str, str] = {}

    def ask(self, what: str, command_id: str, **said: Any) -> str:  # noqa: ANN401 - any command's fields
        """The outcome code; a repeat gets the first answer, or hears that its code was sent."""
        if command_id in self.answers:
            return self.answers[command_id]
        before = self.code
        told: str = getattr(self, what)(**said)
        issued = told == "ok" and self.code not in (before, None)
        self.answers[command_id] = "code_already_sent" if issued else told
        return told

    def _step_up(self, at: float, login: str, *, second: bool) -> bool:
        fresh = self.lost["login"] == login and at - float(self.lost["at"]) <= 600
        return second or not self.methods or fresh

    def enroll(self, *, name: str, method: str, new: str, at: float, login: str, second: bool) -> str:
        if not self._step_up(at, login, second=second):
            return "step_up_required"
        if name in self.methods:
            return "already_enrolled"
        if method != "email" and set(self.methods.values()) <= {"email"}:
            self.code = new
        self.methods[name] = method
        return "ok"

    def redeem(self, *, tried: str | None, new: str, at: float, login: str) -> str:
        if self.code is None:
            return "not_enrolled"
        if self.wrong >= 10:
            return "too_many_attempts"
        if tried != self.code:
            self.wrong += 1
            return "invalid_recovery_code"
        self.code, self.wrong, self.lost = new, 0, {"login": login, "at": at}
        return "ok"

    def remove(self, *, name: str, at: float, login: str, second: bool) -> str:
        if not self._step_up(at, login, second=second):
            return "step_up_required"
        if self.methods.pop(name, None) is None:
            return "nothing_changed"
        if set(self.methods.values()) <= {"email"}:
            self.code = None
        return self._gone()

    def reset(self) -> str:
        if not self.methods:
            return "nothing_changed"
        self.methods, self.code = {}, None
        return self._gone()

    def _gone(self) -> str:
        if not self.methods:
            self.wrong, self.lost = 0, {"login": "", "at": -1e9}
        return "ok"
