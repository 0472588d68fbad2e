"""Each effect on the disk fails or is a process's last, in turn; one clean run mends it all."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path

import pytest

from tests.durability.layer import Faulty, Killed, under
from tests.durability.runs import assert_promised, assert_whole, take_in
from tests.warehouse.pages import STARTED
from warehouse.home import Home

ERRORS = {
    "full": errno.ENOSPC,
    "damaged": errno.EIO,
    "forbidden": errno.EACCES,
    "read-only": errno.EROFS,
}
LENGTHS: dict[str, float | None] = {
    "killed before": None,
    "nothing written": 0,
    "half written": 0.5,
    "all but a little written": 0.99,
    "killed behind": 1,
}


def disturbed(home: Home, fault: Faulty, *, with_database: bool) -> list[str]:
    """Takes in with a fault; returns which batches had been promised before it struck."""
    promised: list[str] = []
    try:
        with under(fault):
            take_in(home, with_database=with_database, promised=promised)
    except (Killed, OSError):
        assert fault.has_struck
    return promised


def faults_of(kind: str, at: int) -> Faulty:
    return Faulty(at, ERRORS[kind]) if kind in ERRORS else Faulty(at, length=LENGTHS[kind])


@pytest.mark.parametrize("kind", [*ERRORS, *LENGTHS])
def test_a_fault_at_any_effect_is_mended_by_one_clean_run(tmp_path: Path, kind: str) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    take_in(undisturbed, with_database=False)
    for at in range(500):
        home = Home(tmp_path / f"home-{at}")
        fault = faults_of(kind, at)
        promised = disturbed(home, fault, with_database=False)
        assert_promised(home, promised)
        # The clean-up of the next run is disturbed as well, and then the run after it is not.
        disturbed(home, faults_of(kind, at % 7), with_database=False)
        take_in(home, "r3", with_database=False)
        assert_whole(home, undisturbed)
        if not fault.has_struck:
            break
    assert at > 50


@pytest.mark.parametrize("kind", ["full"])
def test_a_fault_in_publishing_leaves_a_whole_database(tmp_path: Path, kind: str) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    take_in(undisturbed)
    for at in range(0, 500, 7):  # each run of DuckDB takes its time
        home = Home(tmp_path / f"home-{at}")
        take_in(home, "r0", with_database=False)
        fault = faults_of(kind, at)
        disturbed(home, fault, with_database=True)
        take_in(home, "r3")
        assert_whole(home, undisturbed)
        if not fault.has_struck:
            break
    assert at > 30


def test_a_clock_set_back_changes_nothing(tmp_path: Path) -> None:
    undisturbed, home = Home(tmp_path / "undisturbed"), Home(tmp_path / "home")
    take_in(undisturbed)
    take_in(home, "20261123T141500-aa")
    take_in(home, "20261122T020000-bb", started_at=STARTED - timedelta(hours=36))
    assert_whole(home, undisturbed)
    assert (home.events / "20261122T020000-bb" / "runs.parquet").exists()
