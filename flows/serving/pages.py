"""The process of a standing Prefect server: `python -m flows.serving.pages FD`.

It serves Prefect's API and pages on the listening socket that its parent hands down, and ends when
its standard input closes. What the pages may reach is named in a header: the bundle that comes
with Prefect asks a host of its makers for settings, whatever one has said about telemetry, and a
browser that is told so does not ask it.
"""

from __future__ import annotations

import gc
import importlib.metadata
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse

from flows.artifacts import README
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
        application = readme if scope.get("path") == README else self._app

        async def answer(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"content-security-policy", POLICY.encode()),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await application(scope, receive, answer)


async def readme(scope: _Message, receive: Any, send: _Send) -> None:
    """Answers with the README that came with this program, whose sections the artifacts name."""
    await HTMLResponse(_readme_page())(scope, receive, send)


@cache
def _readme_page() -> str:
    beside = Path(__file__).resolve().parents[2] / "README.md"
    if beside.is_file():
        words = beside.read_text(encoding="utf-8")
    else:  # installed: its text is the description of the package
        words = str(importlib.metadata.metadata("refworld-archive").json["description"])
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(str(words))
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", inside.content.lower().replace(",", "").replace(" ", "-"))
    body = parser.renderer.render(tokens, parser.options, {})
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>refworld-archive</title>"
        "<style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
        "pre{background:#f4f4f4;padding:.7em;overflow:auto}"
        "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3em .6em}</style>"
        f"{body}</html>"
    )


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
