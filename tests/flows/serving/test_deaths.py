"""Processes of a service that are killed: nothing is lost, and nobody has to mend anything."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from flows.serving.automations import HEARTBEAT_SECONDS
from tests.flows.conftest import page, run_here
from tests.flows.processes import runs
from tests.flows.serving.service import Service, await_true, free_port, put, serving
from warehouse.commits import read_commits
from warehouse.digests import content_digests
from warehouse.home import Home

PAGES = 3000
pytestmark = pytest.mark.long


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


def fill(service: Service) -> None:
    for number in range(PAGES):
        put(service.inbox, f"{number:05}.txt", page(number))


def at_work(service: Service) -> int:
    """Waits until a run has committed a batch and is at the next, and returns its process."""
    await_true(lambda: read_commits(service.home), 150)
    pid = service.pid_of("prefect.flow_engine") or service.pid_of("prefect.engine")
    assert pid is not None, service.family()
    return pid


def assert_whole(home: Home, tmp_path: Path) -> None:
    """The store is what it would be if nothing had died."""
    once = Home(tmp_path / "once")
    folder = tmp_path / "same"
    folder.mkdir()
    for number in range(PAGES):
        (folder / f"{number:05}.txt").write_text(page(number), encoding="utf-8")
    ingest_plainly(str(folder), once, 2)
    assert content_digests(home) == content_digests(once)
    assert run_here("verify", "--data", home.root).returncode == 0
    assert list(home.staging.iterdir()) == []


def taken_in(service: Service) -> bool:
    return sum(commit.capture_count for commit in read_commits(service.home)) == PAGES and any(
        "nothing new" in run["name"] for run in service.runs("COMPLETED")
    )


def test_a_run_whose_process_is_killed_is_followed_by_the_next(
    home: Home, tmp_path: Path, prefect_api: str
) -> None:
    with serving(home, free_port()) as service:
        fill(service)
        os.kill(at_work(service), signal.SIGKILL)
        await_true(lambda: service.runs("CRASHED"), 60)
        await_true(lambda: taken_in(service), 120)
    assert [state for state, _ in runs(home)][:2] == ["crashed", "completed"]
    assert_whole(home, tmp_path)


def test_a_run_that_stands_still_is_marked_crashed_and_publishes_nothing(
    home: Home, tmp_path: Path, prefect_api: str
) -> None:
    """Its heart stops with it: the rule ends it, and when it wakes it may not publish any more."""
    with serving(home, free_port(), every="30s") as service:
        fill(service)
        pid = at_work(service)
        (running,) = service.runs("RUNNING")
        os.kill(pid, signal.SIGSTOP)
        await_true(
            lambda: service.ask(f"/flow_runs/{running['id']}")["state_type"] == "CRASHED",
            6 * HEARTBEAT_SECONDS,
        )
        assert not home.database.exists()
        os.kill(pid, signal.SIGCONT)
        await_true(lambda: not Path(f"/proc/{pid}").exists(), 90)
        # What it says of itself when it wakes is that it may not publish.
        ended = service.ask(f"/flow_runs/{running['id']}")
        assert ended["state_type"] in ("CRASHED", "FAILED")
        await_true(lambda: taken_in(service), 120)
    first, second = [state for state, _ in runs(home)][:2]
    assert (first, second) == ("failed", "completed")
    assert_whole(home, tmp_path)


@pytest.mark.parametrize("victim", ["flows.serving.pages", "flows.serving.runner"])
def test_a_service_that_loses_a_part_ends_and_says_so(
    victim: str, home: Home, tmp_path: Path, prefect_api: str
) -> None:
    port = free_port()
    with serving(home, port) as service:
        fill(service)
        at_work(service)
        part = service.pid_of(victim)
        assert part is not None
        os.kill(part, signal.SIGKILL)
        assert service.process.wait(60) == 2
        assert service.process.stdout is not None
        assert "ended with -9" in service.process.stdout.read()
    with serving(home, port) as service:
        await_true(lambda: taken_in(service), 120)
        assert not service.runs("RUNNING")
    assert_whole(home, tmp_path)


def test_a_killed_service_starts_again_and_goes_on(
    home: Home, tmp_path: Path, prefect_api: str
) -> None:
    port = free_port()
    with serving(home, port) as service:
        fill(service)
        at_work(service)
        family = set(service.family())
        service.process.kill()
        service.process.wait()
        await_true(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 30)
    with serving(home, port) as service:
        await_true(lambda: taken_in(service), 120)
        crashed = service.runs("CRASHED")
        assert len(crashed) == 1
        assert not [run for run in service.runs("RUNNING") if run["id"] == crashed[0]["id"]]
    assert_whole(home, tmp_path)
