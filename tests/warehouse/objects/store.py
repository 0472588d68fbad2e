"""A real S3 server on loopback (moto), behind a front that lets a test stand in its way."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, NoReturn

import pytest

WRITES = ("PUT", "POST", "DELETE")
SECRET = "a-secret-word-of-nobody"

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


@dataclass(slots=True)
class Front:
    """Passes requests on, one at a time, so that conditions are judged as atomically as by S3.

    Args:
        app: The server.
        address: Where it listens.
        before: Told of each request that writes; what it raises or returns is the answer.
        after: The same, once the request is done: its answer can be lost.
        later: Seconds by which the server's clock is ahead.
        cuts: How many answers to reads are still to be broken off in their midst.
        ignored: Name of a condition that is ignored, as in the environment of WSGI.
        is_dead: Whether every request is broken off.
        requests: Method and path of the requests that were done.
    """

    app: App
    address: str = ""
    before: Callable[[str, str], int | None] | None = None
    after: Callable[[str, str], int | None] | None = None
    later: float = 0
    cuts: int = 0
    ignored: str = ""
    is_dead: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Stands in nobody's way."""
        self.before = self.after = None
        self.later, self.cuts, self.is_dead = 0, 0, False
        self.ignored = ""
        self.requests.clear()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if self.is_dead:
            _break_off(environ)
        if self.before and method in WRITES and (status := self.before(method, path)):
            return _refusal(start, status)
        if method == "PUT" and not _is_sound(environ):
            return _refusal(start, 400)
        with self._one:
            if self.is_dead:
                _break_off(environ)
            environ.pop(self.ignored, None)
            answer = list(self.app(environ, start))
            self.requests.append((method, path))
        if method == "GET" and self.cuts:
            self.cuts -= 1
            return _cut(environ, b"".join(answer))
        if self.after and method in WRITES and (status := self.after(method, path)):
            return _refusal(start, status)
        return answer

    @property
    def written(self) -> list[str]:
        """The paths of the requests that wrote something, in their order."""
        return [path for method, path in self.requests if method in WRITES]


def _is_sound(environ: dict[str, Any]) -> bool:
    """Returns whether a body has the digest that it was signed with, as S3 looks at it."""
    signed = environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")
    if len(signed) != 64:
        return True
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return hashlib.sha256(body).hexdigest() == signed


def _break_off(environ: dict[str, Any]) -> NoReturn:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def _cut(environ: dict[str, Any], body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    _break_off(environ)


def _refusal(start: Start, status: int) -> Iterable[bytes]:
    code = {400: "XAmzContentSHA256Mismatch", 503: "SlowDown"}.get(status, "InternalError")
    start(f"{status} no", [("Content-Type", "application/xml")])
    return [f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()]


@contextmanager
def served() -> Iterator[Front]:
    """Holds a server, its address and credentials in the environment."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    class Quiet(MotoRequestHandler):
        def log(self, *arguments: object) -> None:
            """Says nothing."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate((timestamp or time.time()) + front.later, usegmt=True)

    front = Front(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, front, threaded=True, request_handler=Quiet)
    front.address = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    settings = {
        "AWS_ENDPOINT_URL": front.address,
        "AWS_ACCESS_KEY_ID": "name",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            patch.setattr(
                "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0
            )
            patch.setattr("warehouse.objects.asking._CONFLICT_REST", 0.001)
            yield front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
