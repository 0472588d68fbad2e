"""Ingests as processes of their own, with or without a server, and what is seen of them."""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.flows.conftest import command_environment
from warehouse.home import Home
from warehouse.query import open_database


def environment(api_url: str | None = None) -> dict[str, str]:
    """Returns the environment of a command for which a server is configured, or none."""
    environment = command_environment(PREFECT_HOME="/nonexistent")
    for name in [name for name in environment if name.startswith("PREFECT_API")]:
        del environment[name]
    return environment | ({"PREFECT_API_URL": api_url} if api_url else {})


def start(
    home: Home,
    *arguments: str | Path,
    settings: dict[str, str] | None = None,
    api_url: str | None = None,
) -> subprocess.Popen[str]:
    """Starts an ingest in a group of its own, with a server of its own unless one is given."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "flows.cli",
            "ingest",
            *map(str, arguments),
            "--data",
            str(home.root),
        ],
        env=environment(api_url) | (settings or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def children(pid: int) -> set[int]:
    """Returns the ids of the processes that a process has started."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.add(int(stat.parent.name))
    return found


def await_commit(home: Home, process: subprocess.Popen[str]) -> None:
    """Returns when the first batch is committed."""
    deadline = time.monotonic() + 60
    while not list(home.derived.glob("*/commit.json")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def runs(home: Home) -> list[tuple[str, str | None]]:
    """Returns state and error of each run."""
    with closing(open_database(home)) as database:
        return database.execute("SELECT state, error FROM runs ORDER BY started_at").fetchall()
