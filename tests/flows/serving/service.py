"""A real service, started as an operator starts it, and what is asked of its server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.flows.conftest import command_environment
from tests.flows.processes import children
from warehouse.home import Home

PASSWORD = "correct horse"
_SETTINGS = """
min_age = "1s"
workers = 1

[server]
port = {port}

[schedules]
ingest = "{every}"
verify = ""
compact = ""
search_index = ""

[notify]
webhook = "{webhook}"
"""


@dataclass(frozen=True)
class Service:
    """A service that runs: its home, its process, and the address of its pages."""

    home: Home
    process: subprocess.Popen[str]
    address: str

    @property
    def inbox(self) -> Path:
        return self.home.root / "inbox"

    def ask(self, path: str, **body: Any) -> Any:
        """Returns the answer of Prefect's API to a POST, or to a GET when there is no body."""
        with httpx.Client(
            base_url=f"{self.address}/api", auth=("refworld", PASSWORD), timeout=20
        ) as client:
            if not body:
                return client.get(path).raise_for_status().json()
            token = client.get("/csrf-token", params={"client": "test"}).json()["token"]
            headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}
            answer = client.post(path, json=body, headers=headers)
            while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:  # its database is busy
                time.sleep(0.5)
                answer = client.post(path, json=body, headers=headers)
            return answer.raise_for_status().json() if answer.content else None

    def runs(self, state: str | None = None, name: str = "ingest inbox") -> list[dict[str, Any]]:
        """Returns the runs of a kind, latest first; those in a state when one is given."""
        found = self.ask("/flow_runs/filter", limit=200, sort="EXPECTED_START_TIME_DESC")
        return [
            run
            for run in found
            if run["name"].startswith(name) and state in (None, run["state_type"])
        ]

    def start(self, deployment: str) -> str:
        """Starts a run of a deployment now, and returns its id."""
        found = self.ask(f"/deployments/name/{deployment}")
        made = self.ask(f"/deployments/{found['id']}/create_flow_run", state={"type": "SCHEDULED"})
        return str(made["id"])

    def family(self) -> dict[int, str]:
        """Returns the processes of the service that live, by id: what they were started with."""
        found, waiting = {}, [self.process.pid]
        while waiting:
            pid = waiting.pop()
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            found[pid] = command
            waiting += children(pid)
        return found

    def pid_of(self, words: str) -> int | None:
        """Returns a process of the service whose command has these words."""
        return next((pid for pid, command in self.family().items() if words in command), None)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def serving(home: Home, port: int, every: str = "5s", webhook: str = "") -> Iterator[Service]:
    """Holds a service; when it is left it is interrupted, and must end without a remnant."""
    home.root.mkdir(parents=True, exist_ok=True)
    settings = _SETTINGS.format(port=port, every=every, webhook=webhook)
    (home.root / "refworld.toml").write_text(settings, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "serve", "--data", str(home.root)],
        env=command_environment(
            PYTHONUNBUFFERED="1", REFWORLD_PASSWORD=PASSWORD, PREFECT_RUNNER_POLL_FREQUENCY="1",
            PREFECT_HOME="/nonexistent",
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    service = Service(home, process, f"http://127.0.0.1:{port}")
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith(f"Serving {home.root}"), said + process.stdout.read()
        yield service
    finally:
        family = set(service.family())
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)
        await_true(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 20)


def await_true(is_so: Callable[[], object], seconds: float = 60.0) -> None:
    """Waits until something is so; raises when it takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.25)


def put(inbox: Path, name: str, words: str) -> None:
    """Puts a file into an inbox as a person does: whole, and a moment ago."""
    path = inbox / name
    path.write_text(words, encoding="utf-8")
    old = time.time() - 60
    os.utime(path, (old, old))
