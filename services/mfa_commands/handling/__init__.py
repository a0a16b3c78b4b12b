"""One batch of commands to records: pure, apart from the functions that it is given."""

from mfa_commands.handling.batch import Handled, handle, poisoned
from mfa_commands.handling.ports import Codes, Minted, Tokens, Tools

__all__ = ["Codes", "Handled", "Minted", "Tokens", "Tools", "handle", "poisoned"]
