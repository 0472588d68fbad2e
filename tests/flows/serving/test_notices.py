"""Word of what went wrong: posted to a receiver, which can never keep a run from its work."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.serving import notices


@contextmanager
def receiver(*statuses: int, delay: float = 0.0) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Holds a receiver that answers with these, the last for ever, and what it was told."""
    told: list[dict[str, str]] = []
    left = list(statuses)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(delay)
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/told", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_REST", 0.01)
    monkeypatch.setattr(notices, "_SECONDS", 0.3)


def test_a_failure_is_told_and_raised_on() -> None:
    with receiver(204) as (address, told):
        with (
            pytest.raises(RuntimeError, match="no room"),
            notices.telling(address, "ingest-inbox", "abc"),
        ):
            raise RuntimeError("no room")
        with notices.telling(address, "ingest-inbox", "abc"):
            pass
    (notice,) = told
    assert notice["event"] == "refworld.failed"
    assert notice["flow_run_id"] == "abc"
    assert notice["message"] == "ingest-inbox failed: RuntimeError: no room"


def test_a_receiver_that_recovers_is_told_once() -> None:
    with receiver(500, 503, 200) as (address, told):
        assert notices.send(address, "floor", None, "x" * 5000)
    assert len(told) == 3
    assert len(told[-1]["message"]) == 2000


@pytest.mark.parametrize("status", [404, 500])
def test_a_receiver_that_refuses_is_let_go(status: int) -> None:
    with receiver(status) as (address, told):
        assert not notices.send(address, "floor", None, "x")
    assert len(told) == 3


def test_a_receiver_that_sleeps_or_is_not_there_keeps_nobody() -> None:
    began = time.monotonic()
    with receiver(200, delay=0.5) as (address, _):
        assert not notices.send(address, "floor", None, "x")
    assert not notices.send("http://127.0.0.1:9/", "floor", None, "x")
    assert not notices.send("", "floor", None, "x")
    assert time.monotonic() - began < 10
