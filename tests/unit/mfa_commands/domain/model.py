"""The rules told a second time, with other means: dicts, no events. Only for the user ann and the admin bob."""

from __future__ import annotations

from typing import Any

NEVER = ("", -1e9)


class Model:
    """What ann has, and what is answered. The tenth wrong code in a row locks; there is no waiting between them."""

    def __init__(self) -> None:
        self.methods: dict[str, str] = {}
        self.code: str | None = None
        self.wrong, self.lost, self.answers = 0, NEVER, dict[str, str]()

    def ask(self, what: str, command_id: str, **said: Any) -> str:  # noqa: ANN401 - any command's fields
        if command_id in self.answers:
            return self.answers[command_id]
        before = self.code
        told: str = (
            "step_up_required" if what in {"enroll", "remove"} and self.shy(**said) else getattr(self, what)(**said)
        )
        self.answers[command_id] = "code_already_sent" if self.code not in (before, None) else told
        return told

    def shy(self, *, at: float, login: str, second: bool, **_: str) -> bool:
        return bool(self.methods) and not second and not (self.lost[0] == login and at - self.lost[1] <= 600)

    def enroll(self, *, name: str, method: str, new: str, **_: object) -> str:
        if name in self.methods:
            return "already_enrolled"
        if method != "email" and set(self.methods.values()) <= {"email"}:
            self.code = new
        self.methods[name] = method
        return "ok"

    def redeem(self, *, tried: str, new: str, at: float, login: str) -> str:
        if self.code is None or self.wrong >= 10:
            return "not_enrolled" if self.code is None else "too_many_attempts"
        if tried != self.code:
            self.wrong += 1
            return "invalid_recovery_code"
        self.code, self.wrong, self.lost = new, 0, (login, at)
        return "ok"

    def remove(self, *, name: str, **_: object) -> str:
        return self.left({one: method for one, method in self.methods.items() if one != name})

    def reset(self) -> str:
        return self.left({})

    def left(self, methods: dict[str, str]) -> str:
        told, self.methods = "nothing_changed" if methods == self.methods else "ok", methods
        self.code = None if set(methods.values()) <= {"email"} else self.code
        self.wrong, self.lost = (self.wrong, self.lost) if methods else (0, NEVER)
        return told
