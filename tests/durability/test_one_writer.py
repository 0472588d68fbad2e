"""One writer: runs that meet, a killed run with its successor, steps that are tried twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows import steps
from flows.progress import progress_for
from flows.session import begun_run
from tests.durability.runs import leftovers_of
from tests.flows.conftest import Command, page, write_corpus
from tests.flows.held_command import BATCH
from tests.flows.processes import (
    await_commit,
    children,
    environment,
    runs,
    start,
    write_held_corpus,
)
from warehouse.commits import read_commits
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.query import open_database

COUNTS = """
    SELECT (SELECT count(*) FROM captures), (SELECT count(DISTINCT capture_id) FROM captures),
        (SELECT count(*) FROM acquisitions), (SELECT count(*) FROM runs)
"""


def counted(home: Home) -> tuple[int, ...]:
    with closing(open_database(home)) as database:
        (row,) = database.execute(COUNTS).fetchall()
    return tuple(row)


def folder_of(base: Path, numbers: range) -> Path:
    base.mkdir()
    for number in numbers:
        (base / f"{number}.txt").write_text(page(number))
    return base


def test_two_ingests_started_together_take_each_page_in_once(
    tmp_path: Path, prefect_api: str
) -> None:
    home = Home(tmp_path / "data")
    sources = [folder_of(tmp_path / "a", range(40)), folder_of(tmp_path / "b", range(20, 60))]
    started = [start(home, source, api_url=prefect_api) for source in sources]
    for process in started:
        said, complaints = process.communicate(timeout=120)
        assert process.returncode == 0, said + complaints
    assert counted(home) == (60, 60, 80, 2)
    assert sum(commit.capture_count for commit in read_commits(home)) == 60


def test_one_who_would_not_wait_is_told_who_writes(
    tmp_path: Path, refworld: Command, prefect_api: str
) -> None:
    home = Home(tmp_path / "data")
    corpus, hold = write_held_corpus(tmp_path / "pages.jsonl", 2, held=1), tmp_path / "hold"
    process = start(home, corpus, api_url=prefect_api, hold=hold)
    await_commit(home, process)
    began = time.monotonic()
    done = refworld("ingest", tmp_path, "--data", home.root, "--no-wait")
    assert time.monotonic() - began < 10
    assert done.returncode == 2
    assert f"is being written to by process {process.pid} on " in done.stderr
    hold.unlink()
    process.communicate(timeout=120)
    assert process.returncode == 0


@pytest.mark.long
@pytest.mark.usefixtures("small_batches")
def test_a_successor_started_at_once_finds_nobody_writing(
    tmp_path: Path, refworld: Command, prefect_api: str
) -> None:
    corpus = write_held_corpus(tmp_path / "pages.jsonl", 3, held=2)
    home, undisturbed = Home(tmp_path / "data"), Home(tmp_path / "undisturbed")
    for api_url in (None, prefect_api):
        process = start(home, corpus, api_url=api_url, hold=tmp_path / "hold")
        await_commit(home, process)
        os.kill(process.pid, signal.SIGKILL)  # its workers and its server are left to themselves
        process.wait()
        done = refworld("ingest", corpus, "--data", home.root, "--no-wait")
        process.communicate()
        assert done.returncode == 0, done.stderr
    assert refworld("ingest", corpus, "--data", undisturbed.root).returncode == 0
    assert content_digests(home) == content_digests(undisturbed)
    assert not [p for p in leftovers_of(home) if not p.startswith(("prefect/", "writer.lock"))]
    assert [state for state, _ in runs(home)][:2] == ["crashed", "completed"]


@pytest.mark.long
def test_a_worker_that_outlives_its_run_keeps_others_from_writing(
    tmp_path: Path, prefect_api: str
) -> None:
    home = Home(tmp_path / "data")
    corpus = write_held_corpus(tmp_path / "pages.jsonl", 4, held=2)
    process = start(home, corpus, api_url=prefect_api, hold=tmp_path / "hold")
    await_commit(home, process)
    workers = [child for child in children(process.pid) if b"spawn_main" in command_of(child)]
    assert len(workers) >= 2
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()  # its workers hold its output open
    took: list[float] = []

    def succeed() -> None:
        with writer_lock(home, wait=True):
            took.append(time.monotonic())

    successor = threading.Thread(target=succeed)
    successor.start()
    time.sleep(1)
    assert not took
    for worker in workers:
        os.kill(worker, signal.SIGCONT)  # it sees that its run is dead, and ends
    successor.join(20)
    assert took


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def twice_at_once(step: Callable[[], object]) -> list[object]:
    """Calls a step from two threads that begin together, and once more after both."""
    results: list[object] = []
    gate = threading.Barrier(2)

    def call() -> None:
        gate.wait()
        results.append(step())

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2, "a call of the step failed"
    return [*results, step()]


@pytest.mark.long
@pytest.mark.usefixtures("small_batches")
def test_steps_tried_again_while_their_first_try_is_alive_act_once(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "pages.jsonl", 2 * BATCH)
    home, once = Home(tmp_path / "data"), Home(tmp_path / "once")
    for target, call in ((home, twice_at_once), (once, lambda step: [step()])):
        with (
            writer_lock(target, wait=False),
            begun_run(target, [str(corpus)], 2, progress_for(None)) as run,
        ):
            call(lambda run=run: steps.discover(run))
            call(lambda run=run: steps.adopt(run))
            for number in call(lambda run=run: steps.plan_batches(run))[0]:
                (result, *_) = call(
                    lambda run=run, number=number: steps.archive_and_read_batch(run, number)
                )
                call(lambda run=run, result=result: steps.commit_batch(run, result))
            call(lambda run=run: steps.reconcile(run))
            call(lambda run=run: steps.record(run))
            call(lambda run=run: steps.load_check_publish(run))
            assert run.batch_count == 2
    assert counted(home) == counted(once)
    assert content_digests(home) == content_digests(once)


RETRIED = """
import sys, time
from functools import wraps
from prefect import flow
from flows import ingest as flows_ingest, steps
from flows.cli import main

# Each task's first try is still at work when its time is up, and the second begins.
tries = {}

def slow(step):
    @wraps(step)
    def tried(*arguments):
        tries[step] = tries.get(step, 0) + 1
        if tries[step] == 1:
            step(*arguments)
            time.sleep(2.2)
        return step(*arguments)
    return tried

for name in ("archive_and_read", "commit", "record", "load_check_publish"):
    task = getattr(flows_ingest, name)
    task.fn = slow(task.fn)
    setattr(flows_ingest, name, task.with_options(retries=5, timeout_seconds=2))
sys.argv = ["refworld", *sys.argv[1:]]
main()
"""


@pytest.mark.long
def test_prefects_own_retries_change_nothing(
    tmp_path: Path, refworld: Command, prefect_api: str
) -> None:
    corpus = write_corpus(tmp_path / "pages.jsonl", 300)
    home, once = Home(tmp_path / "data"), Home(tmp_path / "once")

    done = subprocess.run(
        [sys.executable, "-c", RETRIED, "ingest", str(corpus), "--data", str(home.root)],
        env=environment(prefect_api), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert refworld("ingest", corpus, "--data", once.root).returncode == 0
    assert content_digests(home) == content_digests(once)
    assert counted(home) == counted(once)
