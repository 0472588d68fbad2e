"""A compaction that fails, dies or loses its power at any effect costs nothing; repair of packs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability.dying import DONE, DONE_ALL_THE_SAME, REFUSED, disturbed
from tests.durability.layer import DIED, under
from tests.durability.runs import kept_in, leftovers_of, take_in
from tests.durability.test_faults import fault_of
from tests.durability.test_power_loss import losses, platter_below
from tests.durability.test_repair import DAMAGES, cut, repaired
from tests.warehouse.pages import files_below, page, reading_of
from tests.warehouse.test_compaction import assert_sound, derived_anew, packs
from warehouse import commits, committed, lake
from warehouse.compaction import compact
from warehouse.home import Home
from warehouse.repair import FROM_COPY, UNPACKED

KINDS = ("refused", "killed before", "killed behind", "half written")
BATCHES = [[page(2 * n), page(2 * n + 1)] for n in range(4)]


def two_packs_worth(home: Home) -> None:
    """Makes a home with a pack, of which one batch was derived anew, and batches beside it."""
    take_in(home, "r0", batches=BATCHES[:2], with_database=False)
    compact(home)
    derived_anew(home, commits.read_commits(home)[0])
    take_in(home, batches=BATCHES[2:], with_database=False)


@pytest.fixture
def undisturbed(tmp_path: Path) -> Home:
    home = Home(tmp_path / "undisturbed")
    two_packs_worth(home)
    return home


def assert_nothing_lost(home: Home, kept: dict[str, object]) -> None:
    assert kept_in(home) == kept


def assert_put_together(home: Home, kept: dict[str, object]) -> None:
    """Checks that one clean compaction makes of a home what it makes of an undisturbed one."""
    commits.recover(home)
    compact(home)
    assert_nothing_lost(home, kept)
    assert not leftovers_of(home)
    # The batch that other code has read stays alone; no capture is in two files.
    assert (len(packs(home)), len(commits.commit_paths(home))) == (1, 1)
    paths = home.derived.glob("*/captures.parquet")
    rows = [row for path in paths for row in lake.read_table(path, ["capture_id"]).to_pylist()]
    assert len({row["capture_id"] for row in rows}) == len(rows) == 8
    assert compact(home).pack_count == 0


@pytest.mark.parametrize(
    ("kinds", "every"),
    [
        # Each third effect has another kind of fault befall it.
        pytest.param(KINDS, 3, id="in turn"),
        *(pytest.param((kind,), 1, id=kind, marks=pytest.mark.long) for kind in KINDS),
    ],
)
def test_a_fault_at_any_effect_costs_nothing(
    tmp_path: Path, undisturbed: Home, kinds: tuple[str, ...], every: int
) -> None:
    struck, kept = 0, kept_in(undisturbed)
    for at in range(0, 500, every):
        home = Home(shutil.copytree(undisturbed.root, tmp_path / f"home-{at}"))
        fault = fault_of(kinds[at % len(kinds)], at)
        code, _ = disturbed(fault, lambda _say, home=home: compact(home))
        assert code in (DONE, DONE_ALL_THE_SAME, REFUSED, DIED)
        assert_nothing_lost(home, kept)
        assert_put_together(home, kept)
        shutil.rmtree(home.root)
        struck += code != DONE
        if code == DONE and fault.among != ("write", "copy"):
            break
    assert at < 499
    assert struck > 45 // every // len(kinds)


@pytest.mark.parametrize(
    "every",
    [pytest.param(15, id="some"), pytest.param(1, id="all", marks=pytest.mark.long)],
)
def test_a_loss_of_power_at_any_moment_costs_nothing(tmp_path: Path, every: int) -> None:
    platter = platter_below(tmp_path)
    before = Home(platter.base / "data")
    with under(platter):
        two_packs_worth(before)
    kept = kept_in(before)
    lost = losses(tmp_path, lambda home, _say: void(compact(home)), platter)
    for loss in lost[::every]:
        assert_nothing_lost(loss.home, kept)
        assert_put_together(loss.home, kept)
    assert len(lost) > 150


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(lambda path: path.suffix == ".parquet", id="the bytes of a table"),
        pytest.param(lambda path: path.name == ".pack.json.draft", id="the bytes of the pack"),
        pytest.param(lambda path: path.name.startswith("pack-"), id="the names in the pack"),
        pytest.param(lambda path: path.name == "derived", id="the names of packs"),
    ],
)
def test_a_sync_left_out_is_noticed(tmp_path: Path, what: Callable[[Path], bool]) -> None:
    platter = platter_below(tmp_path, lambda path: is_on[0] and what(path))
    is_on = [False]
    before = Home(platter.base / "data")
    with under(platter):
        take_in(before, batches=BATCHES, with_database=False)
    kept = kept_in(before)
    is_on[0] = True
    lost = losses(tmp_path, lambda home, _say: void(compact(home)), platter)
    assert not all(is_kept(loss.home, kept) for loss in reversed(lost))


def is_kept(home: Home, kept: dict[str, object]) -> bool:
    try:
        return kept_in(home) == kept
    except (commits.CommitDamaged, *lake.UNREADABLE):
        return False  # a torn lake


@pytest.fixture
def packed(tmp_path: Path) -> Home:
    home = Home(tmp_path / "packed")
    take_in(home, batches=BATCHES, with_database=False)
    compact(home)
    return home


@pytest.mark.parametrize(
    ("has_copy", "damage"),
    [
        pytest.param(
            has_copy, damage, marks=() if has_copy == (damage is cut) else pytest.mark.long
        )
        for has_copy in (True, False)
        for damage in DAMAGES
    ],
)
def test_every_file_of_a_pack_is_healed(
    packed: Home, tmp_path: Path, has_copy: bool, damage: Callable[[Path], None]
) -> None:
    copy = Home(shutil.copytree(packed.root, tmp_path / "copy")) if has_copy else None
    kept = kept_in(packed)
    for path in sorted(packed.derived.glob("*/*")):
        home = Home(shutil.copytree(packed.root, tmp_path / path.name))
        place = path.relative_to(packed.root)
        damage(home.root / place)
        damaged = files_below(home.root).get(place.as_posix())
        done = repaired(home, copy)
        assert done.lost == []
        assert_nothing_lost(home, kept)
        assert_sound(home)
        assert commits.recover_needed(home) == 0
        if damaged is None and path.name == committed.PACK:
            continue  # nothing says then that there ever was a pack
        how = FROM_COPY if has_copy else UNPACKED
        assert (place.as_posix(), how) in [(healed.file, healed.how) for healed in done.healed]
        assert files_below(home.damaged / "run").get(place.as_posix()) == damaged


def test_preserved_bytes_of_a_batch_in_a_pack_are_healed_from_a_copy(
    packed: Home, tmp_path: Path
) -> None:
    copy = Home(shutil.copytree(packed.root, tmp_path / "copy"))
    whole = files_below(packed.archive)
    for path in packed.archive.iterdir():
        path.write_bytes(path.read_bytes()[:-5])
        assert repaired(packed, None).lost
        assert repaired(packed, copy).lost == []
        assert files_below(packed.archive) == whole


def test_a_batch_that_cannot_be_read_again_stays_in_its_pack(packed: Home) -> None:
    """Its table and its WARC file are both damaged: the others are healed, and it is named."""
    entry = commits.read_commits(packed)[0]
    warc = commits.warc_path(packed, entry.batch_id)
    warc.write_bytes(warc.read_bytes()[:-5])
    table = entry.table_path(packed, "blocks")
    table.write_bytes(table.read_bytes()[:-5])
    done = repaired(packed, None)
    assert {fault.place for fault in done.lost} == {
        warc.relative_to(packed.root).as_posix(),
        table.relative_to(packed.root).as_posix(),
    }
    now = commits.read_commits(packed)
    assert [found.batch_id for found in now if found.in_pack] == [entry.batch_id]
    assert len(now) == 4


def void(_: object) -> None:
    return None


def test_readings_are_those_of_the_made_up_pages() -> None:
    # What `derived_anew` reads otherwise must differ, or the tests above would show nothing.
    assert reading_of(page(1), publisher_id=None) != reading_of(page(1))
