"""A server on loopback that misbehaves on demand: each path answers as a test has told it to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answers = Callable[["Asked"], bytes | list[bytes | float]]


class Asked:
    """A request: its path and its headers, names in lower case; `count` is 1 for the first."""

    def __init__(self, path: str, headers: dict[str, str], count: int) -> None:
        self.path = path
        self.headers = headers
        self.count = count


def http(
    status: int, body: bytes = b"", *headers: str, version: str = "1.1", length: int | None = None
) -> bytes:
    """Returns an answer; its `Content-Length` is the body's unless given, or -1 for none."""
    lines = [f"HTTP/{version} {status} Whatever", "Content-Type: text/html", *headers]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """Answers by path; what is not told is 404, robots.txt included."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.answers: dict[str, Answers] = {}
        self.asked: list[Asked] = []
        self._left: int | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def uri(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def tell(self, path: str, *answers: bytes | list[bytes | float]) -> str:
        """Makes a path answer with these in turn, the last one again and again."""
        self.answers[path] = lambda asked: answers[min(asked.count, len(answers)) - 1]
        return self.uri(path)

    def paths(self) -> list[str]:
        """Returns what was asked for, robots.txt left out."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def hang_up_after(self, count: int) -> None:
        """Lets nobody connect any more once so many have."""
        self._left = count

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            if self._left is not None:
                self._left -= 1
                if self._left == 0:
                    self.close()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            asked = self._read(connection)
            if asked is None:
                return
            answers = self.answers.get(asked.path, lambda _: http(404, b"nothing"))
            answer = answers(asked)
            for part in [answer] if isinstance(answer, bytes) else answer:
                if isinstance(part, float):
                    time.sleep(part)
                else:
                    connection.sendall(part)

    def _read(self, connection: socket.socket) -> Asked | None:
        content = b""
        while b"\r\n\r\n" not in content:
            piece = connection.recv(65536)
            if not piece:
                return None
            content += piece
        first, *lines = content.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        path = first.split(" ")[1]
        with self._lock:
            count = sum(asked.path == path for asked in self.asked) + 1
            asked = Asked(path, headers, count)
            self.asked.append(asked)
        return asked


@contextmanager
def served() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()
