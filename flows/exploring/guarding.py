"""What every answer is guarded by, whatever page it is of.

An answer names all that a browser may do with it, which is little; and a request that names
another host than the one that is served is refused, or a page elsewhere could have its own name
lead here and read the archive (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A figure is an image of its own, whose parts have their style beside them.
_FIGURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_METHODS = {"GET", "HEAD", "POST"}


class Guard:
    """Refuses what is asked in a wrong way, and puts the headers on what is answered.

    Args:
        app: What answers.
        hosts: Names that a request may be for; None allows all.
    """

    def __init__(self, app: ASGIApp, hosts: AbstractSet[str] | None) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        answer: ASGIApp = self._app if refusal is None else refusal
        await answer(scope, receive, lambda message: send(_guarded(message)))

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if self._hosts is not None and _name_of(host) not in self._hosts:
            return PlainTextResponse("This host is not served here.\n", 421)
        if method not in _METHODS:
            return PlainTextResponse("This archive is only read.\n", 405)
        origin = headers.get("origin")
        if method == "POST" and origin not in (None, f"http://{host}"):
            return PlainTextResponse("This form is of another page.\n", 403)
        return None


def _name_of(host: str) -> str:
    """Returns the name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _guarded(message: Message) -> Message:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(raw=message["headers"])
        for name, value in _HEADERS.items():
            headers[name] = value
        is_figure = headers.get("content-type", "").startswith("image/svg")
        headers["Content-Security-Policy"] = _FIGURE if is_figure else _PAGE
        message["headers"] = headers.raw
    return message
