"""The command as a newcomer types it: no server anywhere, a fresh home, nothing configured."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from flows.server import ServerFailed, start_server
from tests.flows.conftest import SEED, Command
from tests.flows.processes import await_commit, children, runs, start, write_held_corpus
from warehouse.commits import read_commits
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.query import open_database

BATCHES = 3


def test_a_fresh_home_and_its_server(tmp_path: Path) -> None:
    home = Home(tmp_path / "fresh" / "data")
    process = start(home, SEED)
    began = time.monotonic()
    await_commit(home, process)
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
    shown = ("issues", "ledger", "progress", "quarantined", "summary")
    assert artifacts == [(f"ingest-{name}",) for name in shown]
    with closing(open_database(home)) as database:
        run = database.execute("SELECT flow_run_id, run_id, state FROM runs").fetchall()
    assert [(flow_id, name, state.lower()) for flow_id, name, state in flow] == [
        (flow_id, run_id, state) for flow_id, run_id, state in run
    ]


@pytest.mark.usefixtures("small_batches")
def test_a_killed_run_leaves_nothing_behind_and_loses_nothing(
    tmp_path: Path, refworld: Command
) -> None:
    corpus = write_held_corpus(tmp_path / "pages.jsonl", BATCHES, held=1)
    killed, undisturbed = Home(tmp_path / "killed"), Home(tmp_path / "undisturbed")
    process = start(killed, corpus, "--workers", "1", hold=tmp_path / "hold")
    await_commit(killed, process)
    started = children(process.pid)
    assert len(started) >= 2
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in started):
        assert time.monotonic() < deadline, "server or worker outlived its parent"
        time.sleep(0.05)
    assert 0 < len(read_commits(killed)) < BATCHES

    for home, workers in ((killed, 1), (undisturbed, 2)):
        done = refworld("ingest", corpus, "--data", home.root, "--workers", workers)
        assert done.returncode == 0, done.stderr
    assert [state for state, _ in runs(killed)] == ["crashed", "completed"]
    assert content_digests(killed) == content_digests(undisturbed)
    assert [c.sha256 for c in read_commits(killed)] == [c.sha256 for c in read_commits(undisturbed)]
    assert not list(killed.staging.glob("*"))


@pytest.mark.long
def test_an_interrupted_run_is_recorded_as_failed(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    corpus, hold = write_held_corpus(tmp_path / "pages.jsonl", BATCHES, held=1), tmp_path / "hold"
    process = start(home, corpus, "--workers", "1", hold=hold)
    await_commit(home, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
    time.sleep(0.5)
    hold.unlink()  # a worker ends with what it is at
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert complaints.splitlines()[-1].startswith("The ingest failed. Interrupted.")
    assert "Traceback" not in complaints
    assert runs(home) == [("failed", "interrupted by the user")]


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "prefect.db").write_bytes(b"this is no database" * 100)
    server = start_server(tmp_path)
    try:
        with pytest.raises(ServerFailed, match=r"(?s)server\.log.*not a database"):
            server.wait()
    finally:
        server.stop()
