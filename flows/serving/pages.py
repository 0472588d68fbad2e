"""The process of a standing Prefect server: `python -m flows.serving.pages FD`.

It serves Prefect's API and pages on the listening socket that its parent hands down, and ends when
its standard input closes. What the pages may reach is named in a header: the bundle that comes
with Prefect asks a host of its makers for settings, whatever one has said about telemetry, and a
browser that is told so does not ask it.
"""

from __future__ import annotations

import gc
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from flows.server_process import end_with_parent

# Only what this server serves; the pages make workers and styles of their own at run time.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'"
)
_Message = MutableMapping[str, Any]
_Send = Callable[[_Message], Awaitable[None]]


class Confined:
    """An ASGI application whose every answer names what a browser may reach from it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: _Message, receive: Any, send: _Send) -> None:
        """Answers a request (ASGI)."""

        async def answer(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"content-security-policy", POLICY.encode()),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await self._app(scope, receive, answer)


def main() -> None:
    """Serves until told to end or left alone."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    listening = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()
    import uvicorn
    from prefect.server.api.server import create_app

    gc.freeze()
    gc.enable()
    app = Confined(create_app())
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
