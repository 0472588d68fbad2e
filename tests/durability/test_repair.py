"""Exactly the damaged files are healed, and what was damaged is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability.flips import Flip
from tests.durability.kept import stored, verified
from tests.durability.test_replicate import kept_files
from tests.flows.conftest import run_here
from tests.warehouse.pages import CODE_VERSION, files_below, reading_of
from warehouse import repair
from warehouse.archive import read_warc
from warehouse.commits import Staged, recover, stage, warc_path
from warehouse.home import Home
from warehouse.repair import Healer, Repaired

Damage = Callable[[Path], None]


def flipped(path: Path) -> None:
    Flip(path, path.stat().st_size // 2, 4).turn()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


DAMAGES: list[Damage] = [flipped, cut, Path.unlink]


def repaired(home: Home, copy: Home | None, **changes: str) -> Repaired:
    """Repairs a home; `changes` are values that the code of today reads otherwise."""

    def stage_anew(batch_id: str) -> Staged:
        captures = [capture for _, capture in read_warc(warc_path(home, batch_id))]
        readings = [reading_of(capture, **changes) for capture in captures]
        return stage(home, captures, readings, CODE_VERSION)

    recover(home)
    return repair.repair(Healer(home, copy, "run", stage_anew))


@pytest.fixture
def copy(home: Home, tmp_path: Path) -> Home:
    return Home(shutil.copytree(home.root, tmp_path / "copy"))


def test_a_sound_home_is_left_alone(home: Home, copy: Home) -> None:
    before = files_below(home.root)
    assert repaired(home, copy) == repaired(home, None) == Repaired()
    assert files_below(home.root) == before


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_file_is_healed_from_a_copy(home: Home, copy: Home, damage: Damage) -> None:
    whole = kept_files(home)
    for name in whole:
        damage(home.root / name)
        damaged = kept_files(home).get(name)
        done = repaired(home, copy)
        if name.endswith("events.json") and damaged is None:
            # Nothing says then that anything is wrong: such are the events of old homes.
            shutil.copy(copy.root / name, home.root / name)
            continue
        assert done.lost == []
        assert name in [healed.file for healed in done.healed]
        assert kept_files(home) == whole
        assert files_below(home.damaged / "run").get(name) == damaged
        shutil.rmtree(home.damaged, ignore_errors=True)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_derived_heals_without_a_copy(home: Home, damage: Damage) -> None:
    whole = kept_files(home)
    for name in whole:
        if "derived" not in name:
            continue
        damage(home.root / name)
        done = repaired(home, None)
        assert done.lost == []
        assert {healed.how for healed in done.healed} == {repair.ANEW}
        assert kept_files(home) == whole


def test_only_the_damaged_files_are_written(home: Home, copy: Home) -> None:
    names = [name for name in kept_files(home) if name.endswith(("blocks.parquet", ".warc.gz"))]
    inodes = {path: path.stat().st_ino for path in stored(home)}
    for name in names:
        flipped(home.root / name)
    done = repaired(home, copy)
    assert sorted(healed.file for healed in done.healed) == names
    changed = [path for path, inode in inodes.items() if path.stat().st_ino != inode]
    assert [path.relative_to(home.root).as_posix() for path in changed] == names


@pytest.mark.parametrize("has_copy", [True, False])
def test_what_is_damaged_everywhere_is_lost_and_named(
    home: Home, copy: Home, has_copy: bool
) -> None:
    archived = next(home.archive.iterdir())
    events = home.events / "r1" / "acquisitions.parquet"
    for path in (archived, events):
        flipped(path)
        flipped(copy.root / path.relative_to(home.root))
    before = kept_files(home)
    done = repaired(home, copy if has_copy else None)
    places = [path.relative_to(home.root).as_posix() for path in (archived, events)]
    assert sorted(fault.place for fault in done.lost) == sorted(places)
    assert done.healed == []
    assert kept_files(home) == before
    assert not home.damaged.exists()


def test_a_damaged_copy_is_not_taken_for_what_can_be_derived(home: Home, copy: Home) -> None:
    whole = kept_files(home)
    name = next(name for name in whole if name.endswith("statements.parquet"))
    for place in (home, copy):
        flipped(place.root / name)
    done = repaired(home, copy)
    assert [(healed.file, healed.how) for healed in done.healed] == [(name, repair.ANEW)]
    assert kept_files(home) == whole


def test_tables_of_a_lost_archive_file_come_from_the_copy(home: Home, copy: Home) -> None:
    whole = kept_files(home)
    for path in [*home.archive.iterdir(), *home.derived.iterdir()]:
        path.unlink() if path.is_file() else shutil.rmtree(path)
    done = repaired(home, copy)
    assert done.lost == []
    assert kept_files(home) == whole


def test_other_code_makes_the_batch_anew_with_its_commit(home: Home) -> None:
    name = next(name for name in kept_files(home) if name.endswith("captures.parquet"))
    (home.root / name).unlink()
    done = repaired(home, None, author="Somebody")
    commit = str(Path(name).with_name("commit.json"))
    assert {healed.file for healed in done.healed} == {name, commit}
    assert list(files_below(home.damaged)) == [f"run/{commit}"]
    # The bytes are those committed; they are only not what the reading of before would give.
    faults = [fault for fault in verified(home).faults if "duckdb" not in fault.place]
    assert faults
    assert all("does not follow from the bytes" in fault.what for fault in faults)


def test_damaged_digests_of_events_are_taken_anew_and_said(home: Home) -> None:
    flipped(home.events / "r1" / "events.json")
    done = repaired(home, None)
    assert [healed.how for healed in done.healed] == [repair.SEALED]
    assert verified(home).faults == []


def test_a_damaged_mark_of_a_start_is_put_aside(home: Home) -> None:
    flipped(home.events / "r3.started.json")
    done = repaired(home, None)
    assert [healed.how for healed in done.healed] == [repair.ASIDE]
    assert verified(home).faults == []
    assert list(files_below(home.damaged)) == ["run/lake/events/r3.started.json"]


def test_the_commands_heal_a_home_that_ingest_made(ingested: Home, tmp_path: Path) -> None:
    data = ("--data", ingested.root)
    assert run_here("export", tmp_path / "bag", *data).returncode == 0
    whole = kept_files(ingested)
    archived = next(ingested.archive.iterdir())
    table = next(ingested.derived.glob("*/blocks.parquet"))
    flipped(archived)
    table.unlink()
    ingested.database.write_bytes(b"damaged")
    found = run_here("verify", *data)
    assert found.returncode == 2
    assert f"FAULT archive/{archived.name}: the record is damaged\n  record " in found.stdout
    found = run_here("repair", *data)
    assert found.returncode == 2
    assert "could not be healed; a copy may: `--from COPY`." in found.stdout
    found = run_here("repair", "--from", tmp_path / "bag" / "data", *data)
    assert found.returncode == 0, found.stdout
    assert found.stdout.splitlines()[0] == f"HEALED archive/{archived.name}: from the copy"
    assert "2 files healed; damaged bytes are kept in damaged/." in found.stdout
    held = kept_files(ingested)
    assert all(held[name] == content for name, content in whole.items())
    found = run_here("verify", *data)
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "All is well.")
    checks_of = f"FROM fixity_checks WHERE file = 'archive/{archived.name}'"
    query = f"SELECT is_intact {checks_of} ORDER BY checked_at"
    checks = run_here("sql", query, "-f", "csv", *data).stdout.split()
    assert checks == ["is_intact", "False", "False", "False", "True", "True"]


def test_a_folder_that_is_no_copy_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "nowhere"):
        found = run_here("repair", "--from", tmp_path / folder, "--data", home.root)
        assert found.returncode == 2
        assert found.stderr.startswith(("There is no data home", str(tmp_path)))
