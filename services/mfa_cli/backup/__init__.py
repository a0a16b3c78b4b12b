"""``mfa.events`` to files, and from them into a new cluster; see ``docs/decisions/0010-backup-and-restore.md``."""
