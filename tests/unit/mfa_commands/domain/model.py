"""The rules told a second time, with other means: dicts, no events. Only for ann, the admin bob and the directory."""

from typing import Any, NamedTuple

NEVER = ("", -1e9)


class Who(NamedTuple):
    name: str
    login: str = ""
    second: bool = False


class Model:
    """What ann has, and what is answered. The tenth wrong code in a row locks; there is no waiting between them."""

    def __init__(self) -> None:
        self.methods, self.code, self.wrong, self.lost = dict[str, str](), "", 0, NEVER
        self.kind, self.word, self.until, self.version, self.answers = "end_user", 1, -1e9, 1, dict[str, str]()

    def ask(self, what: str, command_id: str, **said: Any) -> str:  # noqa: ANN401 - any command's fields
        if command_id in self.answers:
            return self.answers[command_id]
        code, seen = self.code, self.seen()
        told: str = self.barred(what, **said) or getattr(self, what)(**said)
        self.version += self.seen() != seen
        self.answers[command_id] = "code_already_sent" if self.code not in {code, ""} else told
        return told

    def seen(self) -> object:
        return dict(self.methods), self.code, self.kind, self.wrong >= 10

    def barred(self, what: str, who: Who, at: float, expected: int | None, **_: object) -> str:
        if who.name == "bob" and (self.kind != "end_user" or at < self.until):
            return "admin_target_forbidden"
        confirmed = who.second or what == "redeem" or (self.lost[0] == who.login and at - self.lost[1] <= 600)
        told = "step_up_required" if who.name == "ann" and self.methods and not confirmed else ""
        return told if expected in {None, self.version} else "state_changed"

    def enroll(self, name: str, method: str, new: str, **_: object) -> str:
        if name in self.methods:
            return "already_enrolled"
        self.code = self.code if method == "email" or self.grants() else new
        self.methods[name] = method
        return "ok"

    def redeem(self, who: Who, tried: str, new: str, at: float, **_: object) -> str:
        if not self.code or self.wrong >= 10:
            return "too_many_attempts" if self.code else "not_enrolled"
        right = tried == self.code
        self.code, self.wrong, self.lost = (
            (new, 0, (who.login, at)) if right else (self.code, self.wrong + 1, self.lost)
        )
        return "ok" if right else "invalid_recovery_code"

    def renew(self, new: str, **_: object) -> str:
        told = "ok" if new or self.code else "nothing_changed"
        self.code, told = (self.code, "not_enrolled") if new and not self.grants() else (new, told)
        return told

    def classify(self, kind: str, word: int, at: float, **_: object) -> str:
        if word <= self.word:
            return "nothing_changed"
        self.until = at + 72 * 3600 if kind == "end_user" != self.kind else self.until
        self.kind, self.word = kind, word
        return "ok"

    def remove(self, names: set[str], **_: object) -> str:
        before, self.methods = self.methods, {n: method for n, method in self.methods.items() if n not in names}
        self.code = self.code if self.grants() else ""
        self.wrong, self.lost = (self.wrong, self.lost) if self.methods else (0, NEVER)
        return "ok" if self.methods != before else "nothing_changed"

    def grants(self) -> bool:
        return not set(self.methods.values()) <= {"email"}
