"""Each effect on the disk fails or is a process's last, in turn; one clean run mends it all."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.durability.dying import DONE, DONE_ALL_THE_SAME, REFUSED, disturbed
from tests.durability.layer import DIED, Effect, Faulty, under
from tests.durability.runs import assert_promised, assert_whole, take_in
from tests.warehouse.pages import STARTED, publish_all
from warehouse import commits
from warehouse.home import Home

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
PARTS: dict[str, Callable[[int], int]] = {
    "nothing written": lambda _length: 0,
    "one byte written": lambda length: min(1, length),
    "half written": lambda length: length // 2,
    "all but one byte written": lambda length: length - 1,
}
KINDS = ["refused", "refused otherwise", "killed before", "killed behind", *PARTS]
KINDS += ["full when half written"]


def fault_of(kind: str, at: int) -> Faulty:
    """Returns a fault; which error a refusal gives changes from effect to effect."""
    if kind.startswith("refused"):
        return Faulty(at, ERRORS[(at + 2 * (kind != "refused")) % len(ERRORS)])
    if kind.startswith("killed"):
        return Faulty(at, is_done=kind == "killed behind")
    if kind in PARTS:
        return Faulty(at, part=PARTS[kind], among=("write", "copy"))
    return Faulty(at, errno.ENOSPC, PARTS["half written"], among=("write", "copy"))


# Of what may befall every effect the quick tests take some: the first, and each how-manieth. Killed
# behind one effect is mostly killed before the next.
QUICK = {"refused": (0, 3), "refused otherwise": (1, 3), "killed before": (2, 3)}
QUICK |= {"killed behind": (0, 7), **{kind: (n, 3) for n, kind in enumerate(PARTS)}}


@pytest.mark.parametrize(
    ("kind", "first", "every"),
    [pytest.param(kind, *QUICK.get(kind, (0, 1)), id=kind) for kind in KINDS]
    + [pytest.param(kind, 0, 1, id=f"{kind}, all", marks=pytest.mark.long) for kind in QUICK],
)
def test_a_fault_at_any_effect_is_mended_by_one_clean_run(
    tmp_path: Path, kind: str, first: int, every: int
) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    take_in(undisturbed, with_database=False)
    for at in range(first, 500, every):
        home = Home(tmp_path / f"home-{at}")
        code, promised = disturbed(
            fault_of(kind, at),
            lambda say, home=home: take_in(home, with_database=False, promise=say),
        )
        assert code in (DONE, DIED if fault_of(kind, at).error is None else REFUSED)
        assert_promised(home, promised)
        # The clean-up of the next run is disturbed as well, and then the run after it is not.
        disturbed(
            fault_of(kind, at % 7), lambda _say, home=home: take_in(home, with_database=False)
        )
        assert_promised(home, promised)
        take_in(home, "r3", with_database=False)
        assert_whole(home, undisturbed)
        if code == DONE:
            break
    assert at > (50 if kind.startswith(("refused", "killed")) else 15)


# Building a database takes its time: the quick tests take every eleventh effect, each its own.
@pytest.mark.parametrize(
    ("is_first", "every"),
    [
        pytest.param(True, 11, id="from nothing"),
        pytest.param(False, 11, id="added to"),
        pytest.param(True, 1, id="from nothing, all", marks=pytest.mark.long),
        pytest.param(False, 1, id="added to, all", marks=pytest.mark.long),
    ],
)
def test_a_fault_in_publishing_leaves_a_whole_database(
    tmp_path: Path, is_first: bool, every: int
) -> None:
    before, undisturbed = Home(tmp_path / "before"), Home(tmp_path / "undisturbed")
    if not is_first:
        take_in(before, "r0")
    take_in(before, with_database=False)
    take_in(undisturbed)
    for turn, at in enumerate(range(3 * is_first % every, 500, every)):
        home = Home(tmp_path / f"home-{at}")
        shutil.copytree(before.root, home.root)
        kind = ("killed before", "refused", "killed behind", "refused otherwise")[turn % 4]
        code, _ = disturbed(fault_of(kind, at), lambda _say, home=home: publish_all(home))
        assert code in (DONE, DONE_ALL_THE_SAME, REFUSED, DIED), f"{kind} at {at}: {code}"
        take_in(home, "r3")
        assert_whole(home, undisturbed)
        if code == DONE:
            break
        shutil.rmtree(home.root)
    assert at > 15


def test_a_clock_set_back_changes_nothing(tmp_path: Path) -> None:
    undisturbed, home = Home(tmp_path / "undisturbed"), Home(tmp_path / "home")
    take_in(undisturbed)
    take_in(home, "20261123T141500-aa")
    take_in(home, "20261122T020000-bb", started_at=STARTED - timedelta(hours=36))
    assert_whole(home, undisturbed)
    assert (home.events / "20261122T020000-bb" / "runs.parquet").exists()


def test_a_batch_that_was_promised_is_missed_when_it_is_gone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    take_in(home, with_database=False)
    batch_id = commits.read_commits(home)[0].batch_id
    commits.warc_path(home, batch_id).unlink()
    with pytest.raises((AssertionError, OSError)):
        assert_promised(home, [batch_id])


@pytest.fixture
def own_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own; only root can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting a file system is not permitted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def remount(disk: Path, how: str) -> bool:
    """Returns whether it could be done: not while a file is open to be written."""
    return not subprocess.run(
        ["mount", "-o", f"remount,{how}", disk], capture_output=True
    ).returncode


def test_a_disk_that_becomes_read_only_loses_nothing(tmp_path: Path, own_disk: Path) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    take_in(undisturbed, with_database=False)
    refusals = []
    for at in range(0, 500, 5):
        home = Home(own_disk / f"home-{at}")
        promised: list[str] = []
        layer = Remounting(own_disk, at)
        try:
            with under(layer):
                take_in(home, with_database=False, promise=promised.append)
        except OSError as error:
            refusals.append(error.errno)
        assert_promised(home, promised)
        if not layer.is_read_only:
            break
        assert remount(own_disk, "rw")
        take_in(home, "r2", with_database=False)
        assert_whole(home, undisturbed)
    assert len(refusals) > 10
    assert set(refusals) == {errno.EROFS}


class Remounting:
    """Makes a file system read-only before effect `at`, or as soon after it as that can be."""

    def __init__(self, disk: Path, at: int) -> None:
        self.disk = disk
        self.left = at
        self.is_read_only = False

    def __call__(
        self, name: str, effect: Effect, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """Does the effect, which the system then refuses of itself."""
        self.left -= 1
        if self.left < 0 and not self.is_read_only:
            self.is_read_only = remount(self.disk, "ro")
        return effect(*arguments, **options)
