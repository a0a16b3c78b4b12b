"""``mfa verify``: the log, the state, the tables and the audit records agree, or it is said where they do not."""
