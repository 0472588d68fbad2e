"""The command as a newcomer types it: no server anywhere, a fresh home, nothing configured."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from flows.server import ServerFailed, start_server
from tests.flows.conftest import SEED, Command, command_environment, write_corpus
from warehouse.commits import read_commits
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.query import open_database

BATCHES = 3


def _environment() -> dict[str, str]:
    environment = command_environment(PREFECT_HOME="/nonexistent")
    for name in [name for name in environment if name.startswith("PREFECT_API")]:
        del environment[name]
    return environment


def _start(home: Home, *arguments: str | Path) -> subprocess.Popen[str]:
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
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _children(pid: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.add(int(stat.parent.name))
    return found


def _await_commit(home: Home, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not list(home.derived.glob("*/commit.json")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(home: Home) -> list[tuple[str, str | None]]:
    with closing(open_database(home)) as database:
        return database.execute("SELECT state, error FROM runs ORDER BY started_at").fetchall()


def test_a_fresh_home_and_its_server(tmp_path: Path) -> None:
    home = Home(tmp_path / "fresh" / "data")
    process = _start(home, SEED)
    began = time.monotonic()
    _await_commit(home, process)
    # 15 s are wanted on two processors at rest; here others are at work on them.
    assert time.monotonic() - began < 30
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, complaints
    assert "Ingested 1 input" in said
    assert "refworld show 4680d8a81d" in said
    with closing(sqlite3.connect(home.prefect / "prefect.db")) as recorded:
        states = recorded.execute("SELECT DISTINCT state_type FROM task_run").fetchall()
        (tasks,) = recorded.execute("SELECT count(*) FROM task_run").fetchone()
        flow = recorded.execute("SELECT id, name, state_type FROM flow_run").fetchall()
        artifacts = recorded.execute("SELECT key FROM artifact ORDER BY key").fetchall()
    assert (states, tasks) == ([("COMPLETED",)], 8)
    assert artifacts == [("ingest-issues",), ("ingest-summary",)]
    with closing(open_database(home)) as database:
        run = database.execute("SELECT flow_run_id, run_id, state FROM runs").fetchall()
    assert [(flow_id, name, state.lower()) for flow_id, name, state in flow] == [
        (flow_id, run_id, state) for flow_id, run_id, state in run
    ]


def test_a_killed_run_leaves_nothing_behind_and_loses_nothing(
    tmp_path: Path, refworld: Command
) -> None:
    corpus = write_corpus(tmp_path / "pages.jsonl", BATCHES * 1000)
    killed, undisturbed = Home(tmp_path / "killed"), Home(tmp_path / "undisturbed")
    process = _start(killed, corpus, "--workers", "1")
    _await_commit(killed, process)
    children = _children(process.pid)
    assert len(children) >= 2
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline, "server or worker outlived its parent"
        time.sleep(0.05)
    assert 0 < len(read_commits(killed)) < BATCHES

    for home, workers in ((killed, 1), (undisturbed, 2)):
        done = refworld("ingest", corpus, "--data", home.root, "--workers", workers)
        assert done.returncode == 0, done.stderr
    assert [state for state, _ in _runs(killed)] == ["crashed", "completed"]
    assert content_digests(killed) == content_digests(undisturbed)
    assert [c.sha256 for c in read_commits(killed)] == [c.sha256 for c in read_commits(undisturbed)]
    assert not list(killed.staging.glob("*"))


def test_an_interrupted_run_is_recorded_as_failed(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    process = _start(home, write_corpus(tmp_path / "pages.jsonl", 2500), "--workers", "1")
    _await_commit(home, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert complaints.splitlines()[-1].startswith("The ingest failed. Interrupted.")
    assert "Traceback" not in complaints
    assert _runs(home) == [("failed", "interrupted by the user")]


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "prefect.db").write_bytes(b"this is no database" * 100)
    server = start_server(tmp_path)
    try:
        with pytest.raises(ServerFailed, match=r"(?s)server\.log.*not a database"):
            server.wait()
    finally:
        server.stop()
