"""Ingests as processes of their own, with or without a server, and what is seen of them."""

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.flows.conftest import command_environment, write_corpus
from tests.flows.held_command import BATCH, HOLD, MARK
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
    hold: Path | None = None,
) -> subprocess.Popen[str]:
    """Starts an ingest in a group of its own, with a server of its own unless one is given.

    With the path of a file as `hold` its batches are small, and a worker that comes to a page of
    `write_held_corpus` waits until that file is gone.
    """
    if hold is not None:
        hold.touch()
        settings = {**(settings or {}), HOLD: str(hold)}
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.flows.held_command" if hold else "flows.cli",
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


def write_held_corpus(path: Path, batches: int, held: int) -> Path:
    """Writes a corpus of small batches; in the batch of number `held`, from 0, readers wait."""
    write_corpus(path, batches * BATCH)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(held * BATCH + BATCH // 2, (held + 1) * BATCH):
        row = json.loads(lines[number])
        lines[number] = json.dumps({**row, "text": f"{row['text']}\n{MARK}\n"}) + "\n"
    path.write_text("".join(lines), encoding="utf-8")
    return path


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
