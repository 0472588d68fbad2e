"""Each effect on the disk fails or is a process's last, in turn; one clean run mends it all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.durability.layer import DIED, Faulty, under
from tests.durability.runs import assert_promised, assert_whole, take_in
from tests.warehouse.pages import STARTED, publish_all
from warehouse import commits
from warehouse.home import Home

DONE, REFUSED, FAILED, DONE_ALL_THE_SAME = 0, 3, 4, 5
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


def disturbed(
    fault: Faulty, work: Callable[[Callable[[str], None]], None]
) -> tuple[int, list[str]]:
    """Does work under a fault in a process of its own, which really dies.

    Returns how it ended, and what the work had said before that.
    """
    said, saying = os.pipe()
    child = os.fork()
    if not child:
        _do_and_exit(fault, lambda: work(lambda word: void(os.write(saying, f"{word}\n".encode()))))
    os.close(saying)
    with open(said) as stream:
        words = stream.read().split()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words


def void(_: object) -> None:
    return None


def _do_and_exit(fault: Faulty, work: Callable[[], None]) -> None:
    code = FAILED
    try:
        with under(fault):
            work()
        code = DONE_ALL_THE_SAME if fault.has_struck else DONE
    except OSError:
        code = REFUSED if fault.has_struck and fault.error else FAILED
    finally:
        os._exit(code)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_effect_is_mended_by_one_clean_run(tmp_path: Path, kind: str) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    take_in(undisturbed, with_database=False)
    for at in range(500):
        home = Home(tmp_path / f"home-{at}")

        def run(say: Callable[[str], None], home: Home = home) -> None:
            take_in(home, with_database=False, promise=say)

        code, promised = disturbed(fault_of(kind, at), run)
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


@pytest.mark.parametrize("is_first", [True, False], ids=["from nothing", "added to"])
def test_a_fault_in_publishing_leaves_a_whole_database(tmp_path: Path, is_first: bool) -> None:
    before, undisturbed = Home(tmp_path / "before"), Home(tmp_path / "undisturbed")
    if not is_first:
        take_in(before, "r0")
    take_in(before, with_database=False)
    take_in(undisturbed)
    for at in range(500):
        home = Home(tmp_path / f"home-{at}")
        shutil.copytree(before.root, home.root)
        kind = ("killed before", "refused", "killed behind", "refused otherwise")[at % 4]
        code, _ = disturbed(fault_of(kind, at), lambda _say, home=home: void(publish_all(home)))
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
