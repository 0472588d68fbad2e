"""Small batches put together: the same batches, rows and digests, in far fewer files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.pages import (
    CODE_VERSION,
    STARTED,
    commit_batch,
    files_below,
    page,
    publish_all,
    reading_of,
)
from transforms.records import Capture, Reading
from warehouse import commits, committed, lake, sources
from warehouse.archive import read_warc
from warehouse.compaction import Compacted, Sizes, compact
from warehouse.differences import compare
from warehouse.digests import content_digests, database_digests
from warehouse.fetches import known_of
from warehouse.home import Home
from warehouse.query import open_database
from warehouse.replication import replicate
from warehouse.schema import DERIVED_TABLES
from warehouse.verify import verify

BATCHES = [[page(2 * n, "Odd!"), page(2 * n + 1)] for n in range(5)] + [[page(99, "")]]
NEWER = "0.2.0+test"


def made_at(home: Home) -> Home:
    for batch in BATCHES:
        commit_batch(home, batch)
    publish_all(home)
    return home


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with six batches and a database; not to be changed."""
    return made_at(Home(tmp_path_factory.mktemp("made") / "data"))


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return Home(shutil.copytree(made.root, tmp_path / "data"))


def said(home: Home) -> list[tuple[str, str, int]]:
    """Returns what the commits say, wherever their tables lie."""
    entries = commits.read_commits(home)
    return [(entry.batch_id, entry.sha256, entry.capture_count) for entry in entries]


def packs(home: Home) -> list[str]:
    return [path.parent.name for path in committed.pack_paths(home)]


def rows_of(home: Home, entry: commits.Commit, table_name: str) -> list[tuple[object, ...]]:
    """Returns the rows of one batch as DuckDB reads them, in order."""
    (table,) = (table for table in DERIVED_TABLES if table.name == table_name)
    with duckdb.connect() as connection:
        found = [
            row
            for source in sources.derived_sources(home, [entry], table)
            for row in connection.execute(f"SELECT * FROM {source}").fetchall()
        ]
    return sorted(found, key=repr)


def derived_anew(home: Home, entry: commits.Commit, code_version: str = NEWER) -> None:
    """Puts a batch that other code has read otherwise in its place."""
    captures = captures_in(home, entry)
    readings = [reading_of(capture, publisher_id=None) for capture in captures]
    staged = commits.stage(home, captures, readings, code_version)
    commits.supersede_derived(home, entry, staged)


def captures_in(home: Home, entry: commits.Commit) -> list[Capture]:
    return [capture for _, capture in read_warc(commits.warc_path(home, entry.batch_id))]


def assert_sound(home: Home) -> None:
    faults = verify(home, reading_of, lambda: STARTED).faults
    assert [f for f in faults if home.database.exists() or f.place != home.database.name] == []


def test_batches_stay_what_they_are_in_far_fewer_files(home: Home) -> None:
    before, digests, archive = said(home), content_digests(home), files_below(home.archive)
    done = compact(home)
    assert (done.batch_count, done.pack_count, done.faults) == (6, 1, [])
    assert (done.files_before, done.files_after) == (48, 8)
    assert [path.name for path in home.derived.iterdir()] == packs(home)
    assert said(home) == before
    assert content_digests(home) == digests
    assert files_below(home.archive) == archive
    assert commits.uncommitted_archives(home) == []
    assert len(commits.known_capture_ids(home)) == 11
    assert known_of(home, [BATCHES[0][0].source_uri or ""]).keys() == {BATCHES[0][0].source_uri}
    assert_sound(home)


def test_a_second_compaction_does_nothing(home: Home) -> None:
    compact(home)
    before = files_below(home.root)
    assert compact(home) == Compacted(files_before=8, files_after=8)
    commits.recover(home)
    assert files_below(home.root) == before


def test_the_database_is_the_same_before_and_after(home: Home) -> None:
    compact(home)
    assert not publish_all(home).is_changed
    commit_batch(home, [page(50)])
    assert publish_all(home).loaded_batches == 1
    home.database.unlink()
    publish_all(home)
    with closing(open_database(home)) as database:
        assert database_digests(database) == content_digests(home)
    assert_sound(home)


def test_the_rows_of_a_pack_stand_in_order_of_their_key(home: Home) -> None:
    compact(home)
    entry = commits.read_commits(home)[0]
    for table in DERIVED_TABLES:
        rows = lake.read_table(entry.table_path(home, table.name)).select(list(table.key))
        keys = [tuple(row.values()) for row in rows.to_pylist()]
        assert keys == sorted(set(keys))
        (file,) = (f for f in entry.tables if f.path.endswith(f"/{table.name}.parquet"))
        assert file.row_count == len(keys)


def test_each_batch_of_a_pack_has_its_own_rows(home: Home, made: Home) -> None:
    compact(home)
    for before, after in zip(commits.read_commits(made), commits.read_commits(home), strict=True):
        for table in DERIVED_TABLES:
            assert rows_of(home, after, table.name) == rows_of(made, before, table.name)


def test_a_pack_does_not_outgrow_its_size(home: Home) -> None:
    done = compact(home, Sizes(captures=4))
    assert (done.pack_count, done.batch_count) == (3, 6)
    assert said(home) == said(home)
    assert all(
        sum(entry.capture_count for entry in pack.members) <= 4
        for pack in committed.standing_packs(home)
    )
    sizes = sorted(len(pack.members) for pack in committed.standing_packs(home))
    assert sizes == [2, 2, 2]
    # Each but one is more than half as large as it may be, and that one finds no other.
    assert compact(home, Sizes(captures=4)).pack_count == 0


def test_a_large_batch_is_left_as_it_is(home: Home) -> None:
    commit_batch(home, [page(number) for number in range(60, 68)])
    done = compact(home, Sizes(captures=14))
    assert done.batch_count == 6
    assert len(commits.commit_paths(home)) == 1


def test_a_small_pack_grows_with_what_came_since(home: Home) -> None:
    compact(home)
    (first,) = packs(home)
    commit_batch(home, [page(70)])
    publish_all(home)
    before, digests = said(home), content_digests(home)
    assert compact(home).batch_count == 7
    assert packs(home) != [first]
    assert len(packs(home)) == 1
    assert (said(home), content_digests(home)) == (before, digests)
    assert_sound(home)


def test_batches_of_different_code_are_kept_apart(home: Home) -> None:
    for entry in commits.read_commits(home)[:2]:
        derived_anew(home, entry)
    before = said(home)
    assert compact(home).pack_count == 2
    assert said(home) == before
    for pack in committed.standing_packs(home):
        assert len({entry.code_version for entry in pack.members}) == 1


def test_a_batch_that_is_derived_anew_leaves_the_pack(home: Home, made: Home) -> None:
    compact(home)
    entry = commits.read_commits(home)[2]
    derived_anew(home, entry)
    now = {found.batch_id: found for found in commits.read_commits(home)}
    assert now[entry.batch_id].code_version == NEWER
    assert len(now) == 6
    assert sum(found.in_pack is not None for found in now.values()) == 5
    # What the pack had said of it is kept, of it and of no other batch.
    folder = home.events / f"superseded-{entry.sha256}"
    kept = lake.read_table(folder / "superseded_readings.parquet").to_pylist()
    assert {row["capture_id"] for row in kept} == {
        capture.capture_id for capture in captures_in(home, entry)
    }
    changed = captures_in(home, entry)

    def reread(capture: Capture) -> Reading:
        return reading_of(capture, **({"publisher_id": None} if capture in changed else {}))

    publish_all(home)
    assert verify(home, reread, lambda: STARTED).faults == []
    before, digests = said(home), content_digests(home)
    # The next compaction writes the pack without the rows that count no more.
    assert compact(home, Sizes(captures=0)).renewed_count == 1
    (pack,) = committed.standing_packs(home)
    assert len(pack.members) == 5
    assert (said(home), content_digests(home)) == (before, digests)
    publish_all(home)
    with closing(open_database(home)) as database:
        assert database_digests(database) == digests


def test_another_reading_of_a_batch_in_a_pack_is_compared_with_its_own_rows(home: Home) -> None:
    compact(home)
    entry = commits.read_commits(home)[2]
    captures = captures_in(home, entry)
    readings = [reading_of(capture, publication_date="2006") for capture in captures]
    found = compare(home, entry, commits.stage(home, captures, readings, NEWER))
    assert found.table_counts["document_versions"] == len(captures)
    assert found.table_counts["blocks"] == 0
    assert {(one.capture_id, one.field) for one in found.differences} == {
        (capture.capture_id, "publication_date") for capture in captures
    }


def test_damage_to_the_preserved_bytes_of_a_batch_in_a_pack_is_named_by_its_record(
    home: Home,
) -> None:
    compact(home)
    entry = next(entry for entry in commits.read_commits(home) if entry.capture_count == 2)
    path = commits.warc_path(home, entry.batch_id)
    *_, (offset, last) = read_warc(path)
    content = bytearray(path.read_bytes())
    content[offset + 40] ^= 1
    path.write_bytes(content)
    faults = verify(home, reading_of, lambda: STARTED).faults
    assert {fault.place for fault in faults} == {path.relative_to(home.root).as_posix()}
    assert [f.subject.capture_id for f in faults if f.subject] == [last.capture_id]


def test_a_pack_that_says_nothing_any_more_goes(home: Home) -> None:
    compact(home)
    (pack,) = packs(home)
    for entry in commits.read_commits(home):
        derived_anew(home, entry, CODE_VERSION)
    assert commits.recover_needed(home) == 1
    assert f"lake/derived/{pack}" in commits.recover(home).removed
    assert packs(home) == []
    assert len(commits.read_commits(home)) == 6


def test_damaged_tables_are_told_and_left_alone(home: Home) -> None:
    entry = commits.read_commits(home)[1]
    path = entry.table_path(home, "blocks")
    path.write_bytes(path.read_bytes()[:-1])
    done = compact(home)
    assert done.batch_count == 5
    assert [fault.place for fault in done.faults] == [path.relative_to(home.root).as_posix()]
    assert (home.derived / entry.batch_id / committed.COMMIT).exists()


def test_what_a_damaged_pack_once_said_never_counts_again(home: Home) -> None:
    compact(home)
    for entry in commits.read_commits(home)[:2]:
        derived_anew(home, entry)
    (pack,) = packs(home)
    path = home.derived / pack / "blocks.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    before = said(home)
    done = compact(home)
    assert [fault.place for fault in done.faults] == [path.relative_to(home.root).as_posix()]
    assert (done.pack_count, said(home)) == (0, before)
    assert len(commits.commit_paths(home)) == 2


def test_a_pack_of_an_older_schema_is_read_completed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    compact(home)
    digests = content_digests(home)
    monkeypatch.setattr(committed, "DERIVED_SCHEMA_ID", "newer")
    assert len(commits.older_batches(home)) == 6
    assert content_digests(home) == digests
    for entry in commits.read_commits(home):
        assert len(rows_of(home, entry, "captures")) == entry.capture_count
    assert compact(home) == Compacted(files_before=8, files_after=8)


def test_a_pack_of_newer_code_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committed, "_PACK_FORMAT", 2)
    compact(home)
    monkeypatch.undo()
    with pytest.raises(commits.HomeIsNewer):
        commits.read_commits(home)
    with pytest.raises(commits.HomeIsNewer):
        commits.recover(home)


Damage = Callable[[Path], None]
DAMAGES: list[Damage] = [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x")]


@pytest.mark.parametrize("name", [committed.PACK, "captures.parquet", "issues.parquet"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_of_a_pack_is_found(home: Home, name: str, damage: Damage) -> None:
    compact(home)
    path = home.derived / packs(home)[0] / name
    damage(path)
    places = [fault.place for fault in verify(home, reading_of, lambda: STARTED).faults]
    assert any(place.startswith(path.parent.relative_to(home.root).as_posix()) for place in places)


def test_a_value_that_does_not_follow_from_the_bytes_is_found_in_a_pack(home: Home) -> None:
    compact(home)
    capture = BATCHES[3][1]
    report = verify(
        home,
        lambda c: reading_of(c, publisher_id=None) if c == capture else reading_of(c),
        lambda: STARTED,
    )
    assert {fault.subject.capture_id for fault in report.faults if fault.subject} == {
        capture.capture_id
    }


def test_a_copy_follows_into_packs_and_out_of_them(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "copy")

    def copied() -> None:
        assert replicate(home, copy, "run").faults == []
        assert said(copy) == said(home)
        assert content_digests(copy) == content_digests(home)
        below = {path.relative_to(home.derived) for path in home.derived.rglob("*")}
        assert {path.relative_to(copy.derived) for path in copy.derived.rglob("*")} == below
        assert commits.recover_needed(copy) == 0

    copied()
    compact(home)
    copied()
    copied()
    entry = commits.read_commits(home)[0]
    derived_anew(home, entry)
    copied()
    compact(home)
    copied()
    for entry in commits.read_commits(home):
        derived_anew(home, entry, CODE_VERSION)
    commits.recover(home)
    copied()
