"""A worker that only answers health questions: ready after STAND_IN_NOT_READY refusals; for tests of the launcher."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    """503 as often as told, then 200."""

    refusals = int(os.environ.get("STAND_IN_NOT_READY", "0"))

    def do_GET(self) -> None:
        """Answer ``/health/ready``."""
        status = 503 if Health.refusals > 0 or self.path != "/health/ready" else 200
        Health.refusals -= 1
        self.send_response(status)
        self.end_headers()


def main() -> None:
    """Note what we were told, then serve until SIGTERM, which is noted too."""
    notes = Path(os.environ["STAND_IN_NOTES"])
    (notes / "told.json").write_text(json.dumps(dict(os.environ)))
    if said := os.environ.get("STAND_IN_DIES_SAYING"):
        sys.exit(said)
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["MFA_HTTP_PORT"])), Health)
    if os.environ.get("STAND_IN_IS_DEAF"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(0.02)
    (notes / "ended").touch()


if __name__ == "__main__":
    main()
