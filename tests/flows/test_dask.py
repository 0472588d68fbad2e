"""Batches on a real Dask scheduler and workers, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from flows import planning, steps
from flows.dask_workers import DaskUnavailable, dask_pool
from flows.failures import explained
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.limits import Limits
from flows.planning import BatchSize
from flows.progress import progress_for
from flows.session import begun_run
from flows.workers_option import workers_of
from tests.flows.conftest import ROOT, SEED, Command, command_environment, page, write_corpus
from tests.flows.processes import children
from warehouse.commits import read_commits
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.query import open_database

# Read by every Python of the cluster: a reader that says who is at a page and waits, and one that
# hangs for good.
_READER = """
import os, pathlib, time
from transforms import reading
_read = reading.read
_folder = pathlib.Path({folder!r})

def read(capture):
    if b"HOLD-HERE" in capture.payload and not (_folder / "go").exists():
        (_folder / "held").write_text(str(os.getppid()))
        time.sleep(600)
    if b"HANG-HERE" in capture.payload:
        time.sleep(600)
    return _read(capture)

reading.read = read
"""


class Cluster:
    """A scheduler with two workers, one of them below a nanny."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "site").mkdir()
        (folder / "site" / "sitecustomize.py").write_text(_READER.format(folder=str(folder)))
        file = folder / "scheduler.json"
        self.processes = [
            self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                        "--scheduler-file", file)
        ]  # fmt: skip
        self.address = _address_in(file)
        for nanny in ("--nanny", "--no-nanny"):
            self.processes.append(
                self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", nanny,
                            "--local-directory", folder)
            )  # fmt: skip

    def _start(self, role: str, *arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{role}", *map(str, arguments)],
            env=command_environment(PYTHONPATH=f"{self.folder / 'site'}:{ROOT}"),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address_in(file: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if file.exists() and (content := file.read_text()):
            return str(json.loads(content)["address"])
        time.sleep(0.05)
    raise TimeoutError("the Dask scheduler did not come up")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ExitStack() as stack:
        found = Cluster(tmp_path_factory.mktemp("cluster"))
        stack.callback(found.stop)
        yield found


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.run.ON_A_CLUSTER", BatchSize(100, 32 << 20))


def ingest_there(
    source: Path, home: Home, cluster: Cluster, options: Options = DEFAULT_OPTIONS
) -> None:
    progress = progress_for(None)
    with (
        writer_lock(home, wait=False),
        begun_run(home, [str(source)], cluster.address, progress, options) as run,
    ):
        steps.discover(run)
        steps.adopt(run)
        for number in steps.plan_batches(run):
            steps.commit_batch(run, steps.archive_and_read_batch(run, number))
        steps.reconcile(run)
        steps.record(run)
        steps.load_check_publish(run)


def _kill_the_holder(folder: Path, killed: list[int]) -> None:
    """Kills the Dask worker whose process holds a page, while the rest of the run goes on."""
    deadline = time.monotonic() + 60
    while not (folder / "held").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    killed.append(int((folder / "held").read_text()))
    (folder / "go").touch()
    os.kill(killed[0], signal.SIGKILL)


def test_a_worker_killed_in_mid_run_costs_no_capture_and_doubles_none(
    tmp_path: Path, cluster: Cluster
) -> None:
    corpus = write_corpus(tmp_path / "pages.jsonl", 400)
    rows = corpus.read_text().splitlines()
    held = json.loads(rows[0])
    rows[0] = json.dumps({**held, "text": held["text"] + "HOLD-HERE\n"})
    corpus.write_text("\n".join(rows) + "\n")
    killed: list[int] = []
    killer = threading.Thread(target=_kill_the_holder, args=(cluster.folder, killed))
    killer.start()
    there = Home(tmp_path / "there")
    ingest_there(corpus, there, cluster)
    killer.join()
    assert killed
    assert not Path(f"/proc/{killed[0]}/cmdline").exists() or not children(killed[0])
    here = Home(tmp_path / "here")
    ingest_plainly(str(corpus), here, 1)
    assert content_digests(there) == content_digests(here)
    assert [entry.capture_count for entry in read_commits(there)] == [100] * 4
    assert list(there.staging.iterdir()) == []
    assert sorted(path.name for path in there.archive.iterdir()) == sorted(
        f"{entry.batch_id}.warc.gz" for entry in read_commits(there)
    )


@pytest.mark.long
def test_a_page_that_hangs_is_found_there_too(tmp_path: Path, cluster: Cluster) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(12):
        mark = "HANG-HERE" if number == 7 else ""
        (pages / f"{number:02}.txt").write_text(page(number) + mark)
    home = Home(tmp_path / "data")
    ingest_there(pages, home, cluster, Options(Limits(capture_seconds=1)))
    with closing(open_database(home)) as database:
        odd = database.execute(
            "SELECT source, issue_code FROM acquisitions WHERE outcome <> 'new'"
        ).fetchall()
    assert [(Path(source).name, code) for source, code in odd] == [("07.txt", "reading_timed_out")]


def test_workers_that_cannot_do_the_work_are_named(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.dask_workers.code_version", lambda: "other")
    home = Home(tmp_path / "data")
    words = r"tcp://.* cannot take part: its code is"
    with pytest.raises(DaskUnavailable, match=words), dask_pool(cluster.address, home):
        raise AssertionError
    assert list(home.staging.iterdir()) == []


def test_what_a_dead_run_has_left_to_do_is_not_done(tmp_path: Path, cluster: Cluster) -> None:
    with dask_pool(cluster.address, Home(tmp_path / "data")) as pool:
        pool._terms.witness.unlink()
        with pytest.raises(DaskUnavailable, match="must be on a file system that all share"):
            pool.submit(os.getpid).result(timeout=30)


def test_no_scheduler_and_no_dask_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "data")
    monkeypatch.setattr("flows.dask_workers._CONNECT_SECONDS", 0.3)
    words = r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"
    with pytest.raises(DaskUnavailable, match=words), dask_pool("tcp://127.0.0.1:9", home):
        raise AssertionError
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DaskUnavailable) as raised, dask_pool("dask", home):
        raise AssertionError
    assert explained(raised.value, home).startswith("Dask is not installed: pip install")


def test_the_command_on_a_cluster_of_its_own(
    tmp_path: Path, refworld: Command, seed_home: Home
) -> None:
    home = Home(tmp_path / "data")
    done = refworld("ingest", SEED, "--data", home.root, "--workers", "dask")
    assert done.returncode == 0, done.stderr
    assert content_digests(home) == content_digests(seed_home)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [(None, None), ("1", 1), ("256", 256), ("dask", "dask"), ("tcp://h:1", "tcp://h:1")],
)
def test_what_workers_may_be(words: str | None, meaning: int | str | None) -> None:
    assert workers_of(words) == meaning


@pytest.mark.parametrize("words", ["0", "257", "-1", "two", "", "http://h:1", "²"])
def test_what_workers_may_not_be(words: str) -> None:
    with pytest.raises(ValueError, match="neither a number"):
        workers_of(words)


def test_batches_for_a_cluster_are_larger() -> None:
    assert planning.ON_A_CLUSTER.captures > planning.HERE.captures
