"""One module for each command of ``mfa``."""
