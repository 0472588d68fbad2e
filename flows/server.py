"""The Prefect server of a run: the configured one, or one of our own beside the data home.

An embedded server is a process that is started first and waited for last, so that the two seconds
of Prefect's import and the finding of the inputs pass while it comes up. It listens on a free
loopback port that is bound before it starts: no other process can take the port, and a first
request simply waits until it answers.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.prefect_home import seed_prefect_home
from flows.prefect_settings import LOOPBACK, client_settings, configured_api_url, environment_of
from flows.prefect_settings import server_environment as environment_for

START_SECONDS = 120.0  # a first start without a template migrates a database, on a busy machine
RECORD_SECONDS = 10.0
STOP_SECONDS = 5.0
_LOG_TAIL = 2000
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_TERMINAL_STATES = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]


class ServerFailed(Exception):
    """The embedded Prefect server did not come up; the message says what it logged."""


@dataclass(slots=True)
class EmbeddedServer:
    """A Prefect server of our own: its process, its address and its log."""

    process: subprocess.Popen[bytes]
    api_url: str
    log: Path
    is_stopped: bool = False

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Returns when the server answers; raises ServerFailed when it ended or takes too long."""
        try:
            with _DIRECT.open(f"{self.api_url}/health", timeout=seconds):
                return
        except OSError as error:
            reason = f"it ended with {self.process.poll()}" if self._has_ended() else str(error)
        raise ServerFailed(
            f"Prefect's server did not start: {reason}. Its log, {self.log}, ends with:\n"
            + self.log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]
        )

    def _has_ended(self) -> bool:
        try:
            self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def has_died(self) -> bool:
        """Whether the server has ended without having been told to."""
        return not self.is_stopped and self.process.poll() is not None

    def wait_for_records(self, flow_run_id: str, task_count: int) -> bool:
        """Returns whether the server has recorded the end of the flow run and of all its tasks.

        Task runs reach the server's database from a stream of events a moment after they ended;
        what is not there when the server ends is lost.
        """
        flow_runs = {"flow_runs": {"id": {"any_": [flow_run_id]}}}
        finished = {"state": {"type": {"any_": _TERMINAL_STATES}}}
        deadline = time.monotonic() + RECORD_SECONDS
        while time.monotonic() < deadline:
            if self._post("/task_runs/count", {**flow_runs, "task_runs": finished}) >= task_count:
                return True
            time.sleep(0.05)
        return False

    def _post(self, path: str, body: dict[str, Any]) -> int:
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            self.api_url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with _DIRECT.open(request, timeout=RECORD_SECONDS) as response:
            return int(json.load(response))

    def stop(self) -> None:
        """Ends the server: asked first, forced when it does not listen."""
        if not self.has_died:
            self.is_stopped = True
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


def start_server(prefect_home: Path) -> EmbeddedServer:
    """Returns a server whose process has been started and which is not yet to be waited for."""
    prefect_home.mkdir(parents=True, exist_ok=True)
    seed_prefect_home(prefect_home)
    log = prefect_home / "server.log"
    with socket.create_server((LOOPBACK, 0), backlog=128) as listening, log.open("wb") as output:
        port = listening.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.server_process", str(listening.fileno())],
            env=_importable(environment_for(prefect_home, os.environ)),
            cwd=prefect_home,  # settings files of the folder the user stands in are not for it
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listening.fileno()],
            start_new_session=True,  # Ctrl-C ends the run first, which then ends its server
        )
    return EmbeddedServer(process, f"http://{LOOPBACK}:{port}/api", log)


def _importable(environment: dict[str, str]) -> dict[str, str]:
    package_root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH"))))
    return {**environment, "PYTHONPATH": path}


@contextmanager
def prefect_server(prefect_home: Path) -> Iterator[EmbeddedServer | None]:
    """Holds the server of a run, with Prefect's settings for it in the environment.

    Yields the embedded server, which is still starting, or None when the user has configured one.
    """
    configured = configured_api_url(os.environ, Path.cwd())
    if configured is not None:
        with environment_of(client_settings(configured, None)):
            yield None
        return
    server = start_server(prefect_home)
    try:
        with environment_of(client_settings(server.api_url, prefect_home)):
            yield server
    finally:
        server.stop()
