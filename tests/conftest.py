"""What makes the tests cheap: memory for a disk, workers that start warm, and one Prefect server.

What they make lies in memory, where there is room for it. Homes are synced hundreds of times a
second, and each sync would wait for a disk. No test learns anything of that: what a loss of power
leaves is laid down by `tests.durability.platter`, and what a kill leaves the system's cache holds.
`make soak` works on the disk.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import pool
from flows.prefect_settings import client_settings, environment_of
from flows.server import start_server
from tests.flows.conftest import SEED, Command, run_here
from warehouse.home import Home

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # bytes; a run of all tests takes less than a quarter of it
_WHERE = "PYTEST_DEBUG_TEMPROOT"


def pytest_configure(config: pytest.Config) -> None:
    """Chooses the place, unless whoever calls has chosen one."""
    if config.option.basetemp is None and has_room():
        os.environ.setdefault(_WHERE, str(_MEMORY))


def has_room() -> bool:
    """Returns whether there is a file system in memory, and memory, for what the tests make."""
    try:
        free = shutil.disk_usage(_MEMORY).free
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        memory = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return False
    return min(free, int(memory) << 10) > _ROOM


@pytest.fixture(scope="session", autouse=True)
def warm_workers() -> Iterator[None]:
    """Lets the workers of runs in this process be forked from one that has imported their modules.

    A worker that is spawned, as the program does it, needs a second of a processor before it
    begins. The tests of the pool, and all runs that are processes of their own, spawn theirs.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.batches", "flows.publishing"])
    warm = SimpleNamespace(
        get_context=lambda _method: context, parent_process=multiprocessing.parent_process
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "multiprocessing", warm)
        yield


@pytest.fixture
def spawned_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets workers start as the program starts them."""
    monkeypatch.setattr(pool, "multiprocessing", multiprocessing)


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Holds a server as a user may have configured one; Prefect in this process uses it too."""
    prefect_home = tmp_path_factory.mktemp("prefect")
    server = start_server(prefect_home)
    try:
        with environment_of(client_settings(server.api_url, prefect_home)):
            server.wait()
            yield server.api_url
    finally:
        server.stop()


@pytest.fixture
def refworld(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command in this process, against the configured server, and returns what it said."""
    monkeypatch.setenv("COLUMNS", "120")
    return run_here


@pytest.fixture(scope="session")
def seed_home(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that holds the seed; not to be changed."""
    home = Home(tmp_path_factory.mktemp("seed") / "data")
    done = run_here("ingest", SEED, "--data", home.root, "--workers", 1)
    assert done.returncode == 0, done.stderr
    return home
