"""Verification finds every kind of damage, names its place, and changes nothing."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.pages import (
    STARTED,
    commit_batch,
    files_below,
    page,
    publish_all,
    reading_of,
    run_row,
)
from transforms.records import Blocks, Capture, Reading, capture_of
from warehouse import commits, disk, lake, schema
from warehouse.events import write_event_tables
from warehouse.home import Home
from warehouse.verify import VerifyReport, verify

PAGES = [page(number) for number in range(4)]


def now() -> datetime:
    return STARTED


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with two batches, a run, and a database; not to be changed."""
    home = Home(tmp_path_factory.mktemp("made") / "data")
    commit_batch(home, PAGES[:2])
    commit_batch(home, PAGES[2:])
    write_event_tables(home, "r1", {"runs": [run_row("r1")]})
    publish_all(home)
    return home


@pytest.fixture
def kept(made: Home, home: Home) -> Home:
    """Such a home, to be damaged."""
    shutil.copytree(made.root, home.root)
    return home


def verified(home: Home, reread: Callable[[Capture], Reading] = reading_of) -> VerifyReport:
    before = files_below(home.root)
    report = verify(home, reread, now)
    assert files_below(home.root) == before
    return report


def test_all_is_well(kept: Home) -> None:
    report = verified(kept)
    assert report.faults == report.notes == []
    # Two batches of eight files with their commits, the events of a run, a snapshot's four files.
    assert report.files_checked == len(report.fixity_rows) - 1 == 24
    assert report.captures_checked == 4
    rows = [{**row, "run_id": "r2"} for row in report.fixity_rows]
    assert lake.rows_table(schema.FIXITY_CHECKS, rows).num_rows == 25
    assert all(row["is_intact"] and row["checked_at"] == STARTED for row in rows)
    faithful = [row["file"] for row in rows if row["is_faithful"]]
    assert len(faithful) == 17
    assert not any(row["is_faithful"] is False for row in rows)


def test_an_empty_home_has_no_faults(home: Home) -> None:
    assert verify(home, reading_of, now).faults == []


def files(home: Home) -> list[Path]:
    return [home.root / file.path for c in commits.read_commits(home) for file in c.files]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("damage", [flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_damage_of_any_file_is_found(
    kept: Home, number: int, damage: Callable[[Path], None]
) -> None:
    path = files(kept)[number]
    damage(path)
    report = verified(kept)
    place = path.relative_to(kept.root).as_posix()
    found = next(fault for fault in report.faults if fault.place == place)
    assert found.expected
    assert found.found in ("nothing", disk.sha256_of(path) if path.exists() else "nothing")
    (row,) = [row for row in report.fixity_rows if not row["is_intact"]]
    assert row["file"] == place
    assert (row["actual_sha256"] is None) == (not path.exists())


def forge(home: Home, table: str, column: str, value: Any) -> None:
    """Changes a value of the lake, and the commit with it, so that only the bytes know better."""
    commit = commits.read_commits(home)[0]
    path = commit.table_path(home, table)
    rows = lake.read_table(path).to_pylist()
    rows[-1][column] = value
    declared = next(t for t in schema.TABLES if t.name == table)
    path.write_bytes(lake.parquet_bytes(lake.rows_table(declared, rows)))
    place = path.relative_to(home.root).as_posix()
    entries = tuple(
        dataclasses.replace(file, sha256=disk.sha256_of(path), byte_length=path.stat().st_size)
        if file.path == place
        else file
        for file in commit.files
    )
    staged = commits.Staged(commit.batch_id, "", commit.code_version, entries, {}, {})
    (path.parent / "commit.json").write_bytes(commits.commit_bytes(staged))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("statements", "value", "forged"),
        ("statements", "raw", "forged"),
        ("statements", "byte_start", 3),
        ("document_versions", "title", "forged"),
        ("blocks", "text", "forged"),
        ("blocks", "kind", "heading"),
        ("captures", "outcome", "quarantined"),
        ("captures", "warc_offset", 1),
    ],
)
def test_a_value_that_does_not_follow_from_the_bytes_is_found(
    kept: Home, table: str, column: str, value: Any
) -> None:
    forge(kept, table, column, value)
    faults = verified(kept).faults
    found = next(fault for fault in faults if column in fault.what)
    assert f"{table}.parquet" in found.place
    assert "capture_id" in found.place
    assert found.found == repr(value)
    # The database was loaded before: that it differs is a fault of its own.
    assert any(fault.place.startswith("refworld.duckdb") for fault in faults)


def test_rows_too_many_or_too_few_are_found(kept: Home) -> None:
    forge(kept, "blocks", "seq", 9)
    found = [fault for fault in verified(kept).faults if "the row" in fault.what]
    assert [(fault.expected, fault.found) for fault in found] == [
        ("a row", "no such row"),
        ("no such row", "a row"),
    ]


def test_words_that_do_not_stand_at_their_bytes_are_found(kept: Home) -> None:
    def misread(capture: Capture) -> Reading:
        reading = reading_of(capture)
        return dataclasses.replace(
            reading,
            statements=tuple(
                dataclasses.replace(s, byte_start=1, byte_end=7) if s.field == "title" else s
                for s in reading.statements
            ),
        )

    faults = [f for f in verified(kept, misread).faults if "hold other words" in f.what]
    assert len(faults) == 4
    assert (faults[0].expected, faults[0].found) == ("'Report'", "'eport\\n'")
    assert "(title)" in faults[0].place


def test_bytes_that_are_no_utf_8_stand_as_replacement_characters(home: Home) -> None:
    def read(capture: Capture) -> Reading:
        text = capture.payload.decode("utf-8", "surrogateescape").replace("\udce9", "\ufffd")
        reading = reading_of(capture_of(text.encode(), capture.source_uri))
        assert reading.document
        (block,) = reading.blocks
        return dataclasses.replace(
            reading,
            capture_id=capture.capture_id,
            document=dataclasses.replace(reading.document, capture_id=capture.capture_id),
            blocks=Blocks.of([dataclasses.replace(block, byte_end=len(capture.payload))]),
            statements=tuple(s for s in reading.statements if s.field != "title"),
        )

    capture = capture_of(b"caf\xe9", "https://x/y")
    commits.commit(home, commits.stage(home, [capture], [read(capture)], "1"))
    faults = [fault.what for fault in verify(home, read, now).faults]
    assert faults == ["the database is gone"]


def test_a_capture_moved_from_another_batch_is_found(kept: Home) -> None:
    first, second = sorted(kept.archive.iterdir())
    first.write_bytes(second.read_bytes())
    whats = {fault.what for fault in verified(kept).faults}
    assert whats == {"the bytes are not those committed", "the record is damaged"}


def test_what_no_commit_lists_is_found(kept: Home) -> None:
    commit = commits.read_commits(kept)[0]
    (kept.derived / commit.batch_id / "stray").write_bytes(b"")
    (kept.archive / "stray.warc.gz").write_bytes(b"")
    places = {fault.place for fault in verified(kept).faults}
    assert places == {f"lake/derived/{commit.batch_id}/stray", "archive/stray.warc.gz"}


def test_a_damaged_commit_is_found(kept: Home) -> None:
    path = commits.commit_paths(kept)[0]
    path.write_bytes(b"{}")
    place = path.relative_to(kept.root).as_posix()
    assert place in {fault.place for fault in verified(kept).faults}


def database_sql(home: Home, sql: str) -> None:
    with duckdb.connect(str(home.database)) as connection:
        connection.execute(sql)


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("UPDATE statements SET value = 'x' WHERE field = 'title'", "statements capture"),
        ("DELETE FROM blocks WHERE seq = 0", "blocks capture"),
        ("DELETE FROM issues", None),
        ("UPDATE batches SET commit_sha256 = 'x'", "batches"),
        ("DELETE FROM batches", "batches"),
        ("DELETE FROM runs", "runs"),
        ("DROP VIEW sections; DROP VIEW documents; DROP TABLE captures", ""),
    ],
)
def test_a_database_that_differs_from_the_lake_is_found(
    kept: Home, sql: str, place: str | None
) -> None:
    database_sql(kept, sql)
    faults = [fault for fault in verified(kept).faults if "other bytes" not in fault.what]
    assert len(faults) < len(verified(kept).faults) or not place
    if place is None:
        assert faults == []
    else:
        assert faults
        assert all(fault.place.startswith(f"refworld.duckdb {place}".strip()) for fault in faults)


def test_a_damaged_or_missing_database_is_found(kept: Home) -> None:
    kept.database.write_bytes(b"x" * 10_000)
    assert [fault.place for fault in verified(kept).faults] == ["refworld.duckdb"]
    kept.database.unlink()
    assert [fault.what for fault in verified(kept).faults] == ["the database is gone"]
