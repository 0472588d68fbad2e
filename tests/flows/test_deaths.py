"""Processes that die, disks that fill and permissions that lack, each as it happens to users."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from flows.failures import explained
from flows.server import ServerFailed
from tests.flows.conftest import ROOT, SEED, Command, command_environment, page, write_corpus
from tests.flows.held_command import BATCH
from tests.flows.processes import await_commit, children, runs, start, write_held_corpus
from warehouse.commits import read_commits
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.query import open_database

BATCHES = 3
_NO_OVERRIDE = "-dac_override,-dac_read_search"


def _child(process: subprocess.Popen[str], role: str) -> int:
    """Returns the process id of one of the children: `server`, `worker` or `publisher`."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in children(process.pid)}
    if role == "server":
        return next(pid for pid, words in commands.items() if "server_process" in words)
    spawned = sorted(pid for pid, words in commands.items() if "spawn_main" in words)
    # The publisher's process is started after the workers'.
    return spawned[0] if role == "worker" else spawned[-1]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    return write_held_corpus(folder / "pages.jsonl", BATCHES, held=1)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> dict[str, str]:
    home = Home(tmp_path_factory.mktemp("undisturbed") / "data")
    ingest_plainly(str(corpus), home, 2)
    return content_digests(home)


@pytest.mark.parametrize(
    ("role", "exit_code", "words", "states"),
    [
        # Killed from outside, once: what it was at is done again by another.
        pytest.param("worker", 0, "", ["completed", "completed"], marks=pytest.mark.long),
        # A draft dies with it, and nothing that counts.
        ("publisher", 0, "", ["completed", "completed"]),
        ("server", 0, "Prefect's server died during the run", ["completed", "completed"]),
    ],
)
def test_a_process_that_dies_costs_no_capture(
    tmp_path: Path,
    refworld: Command,
    prefect_api: str,
    corpus: Path,
    undisturbed: dict[str, str],
    role: str,
    exit_code: int,
    words: str,
    states: list[str],
) -> None:
    home = Home(tmp_path / "data")
    api_url = None if role == "server" else prefect_api
    hold = tmp_path / "hold"
    process = start(home, corpus, "--workers", "1", api_url=api_url, hold=hold)
    await_commit(home, process)
    os.kill(_child(process, role), signal.SIGKILL)
    hold.unlink()
    _, complaints = process.communicate(timeout=90)
    assert process.returncode == exit_code, complaints
    assert words in complaints
    assert "Traceback" not in complaints
    done = refworld("ingest", corpus, "--data", home.root)
    assert done.returncode == 0, done.stderr
    assert [state for state, _ in runs(home)] == states
    assert content_digests(home) == undisturbed
    assert list(home.staging.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that is soon full; only root can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a file system is not permitted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_really_full(
    tmp_path: Path,
    small_disk: Path,
    refworld: Command,
    prefect_api: str,
    corpus: Path,
    undisturbed: dict[str, str],
) -> None:
    home, hold = Home(small_disk / "data"), tmp_path / "hold"
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - (100 << 10)))
    process = start(home, corpus, api_url=prefect_api, hold=hold)
    hold.unlink()
    assert_full_and_mended(process, small_disk, refworld, corpus, undisturbed)
    assert sum(commit.capture_count for commit in read_commits(home)) == BATCHES * BATCH


@pytest.mark.long
def test_a_disk_that_is_full_beside_a_server_of_the_runs_own(
    tmp_path: Path, small_disk: Path, refworld: Command
) -> None:
    corpus = write_corpus(tmp_path / "pages.jsonl", 6_000)
    home, apart = Home(small_disk / "data"), Home(tmp_path / "apart")
    ingest_plainly(str(corpus), apart, 2)
    (small_disk / "ballast").write_bytes(b"x" * (5 << 20))
    process = start(home, corpus)
    assert_full_and_mended(process, small_disk, refworld, corpus, content_digests(apart))


def assert_full_and_mended(
    process: subprocess.Popen[str],
    disk: Path,
    refworld: Command,
    corpus: Path,
    undisturbed: dict[str, str],
) -> None:
    _, complaints = process.communicate(timeout=90)
    assert process.returncode == 2, complaints
    assert "The disk is full" in complaints
    assert "Traceback" not in complaints
    (disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    done = refworld("ingest", corpus, "--data", disk / "data")
    assert done.returncode == 0, done.stderr
    assert content_digests(Home(disk / "data")) == undisturbed


def _barred(*command: object) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user whom permissions bind, which they do not when it is root."""
    words = [sys.executable, "-m", "flows.cli", *map(str, command)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root is not bound by permissions, and there is no setpriv")
        caps = ["--bounding-set", _NO_OVERRIDE, "--inh-caps", _NO_OVERRIDE]
        words = ["setpriv", *caps, *words]
    return subprocess.run(
        words, env=command_environment(), cwd=ROOT, text=True, capture_output=True, timeout=90
    )


def test_files_that_may_not_be_read_are_named_and_the_rest_goes_on(
    tmp_path: Path, prefect_api: str
) -> None:
    pages = tmp_path / "pages"
    (pages / "closed").mkdir(parents=True)
    (pages / "open.txt").write_text(page(1))
    (pages / "secret.txt").write_text(page(2))
    (pages / "closed" / "inside.txt").write_text(page(3))
    (pages / "secret.txt").chmod(0)
    (pages / "closed").chmod(0)
    home = Home(tmp_path / "data")
    try:
        done = _barred("ingest", pages, "--data", home.root)
    finally:
        (pages / "closed").chmod(0o755)
    assert done.returncode == 1, done.stderr
    with closing(open_database(home)) as database:
        found = database.execute(
            "SELECT source, outcome, issue_code FROM acquisitions ORDER BY source"
        ).fetchall()
    assert [(Path(source).name, outcome, code) for source, outcome, code in found] == [
        ("closed", "quarantined", "unreadable"),
        ("open.txt", "new", None),
        ("secret.txt", "quarantined", "unreadable"),
    ]


@pytest.mark.parametrize("where", ["home", "archive"])
def test_a_home_without_permission_says_so(
    tmp_path: Path, prefect_api: str, refworld: Command, where: str
) -> None:
    home = Home(tmp_path / "data")
    pages = write_corpus(tmp_path / "pages.jsonl", 3)
    if where == "archive":
        assert refworld("ingest", SEED, "--data", home.root).returncode == 0
    closed = home.archive if where == "archive" else tmp_path
    closed.chmod(0o555)
    try:
        done = _barred("ingest", pages, "--data", home.root)
    finally:
        closed.chmod(0o755)
    assert done.returncode == 2
    assert "cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("outcome", "exit_code"), [("lost", 1), ("failed", 2)])
def test_nothing_waits_for_a_server_that_is_gone(
    tmp_path: Path, outcome: str, exit_code: int
) -> None:
    script = f"""
import sys, threading, time
from pathlib import Path
from types import SimpleNamespace
from flows import ingest_command, report
from flows.server import ServerFailed
from warehouse.home import Home

def ingest(*_arguments):
    threading.Thread(target=time.sleep, args=(60,)).start()  # as Prefect's threads wait
    if {outcome!r} == "failed":
        raise ServerFailed("died")
    return SimpleNamespace(has_lost_server=True, exit_code=1)

ingest_command._ingest = ingest
report.print_report = lambda run: print("said")
sys.exit(ingest_command.ingest_command(Home(Path({str(tmp_path)!r})), [], 1, True))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=command_environment(),
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=30,
    )
    assert done.returncode == exit_code
    assert done.stdout + done.stderr in ("said\n", "The ingest failed. died\n")


def test_a_server_that_fails_for_want_of_space_says_so(tmp_path: Path) -> None:
    failed = ServerFailed("Prefect's server did not start")
    assert "disk is full" not in explained(failed, Home(tmp_path / "data"))
    failed.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert "The disk is full. Free some space" in explained(failed, Home(tmp_path / "data"))
