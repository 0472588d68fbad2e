"""The published database is always whole, holds what is committed, and is replaced in one step."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.pages import (
    CODE_VERSION,
    REFERENCE,
    acquisition_row,
    commit_batch,
    page,
    publish_all,
    reading_of,
    run_row,
)
from transforms.records import Block, Blocks, capture_of
from warehouse import commits, disk, schema
from warehouse.database import CheckFailed, PublishFailed, publish
from warehouse.digests import content_digests, database_digests
from warehouse.events import write_event_tables
from warehouse.home import Home


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def commit_versions(home: Home, *versions: dict[str, Any]) -> list[str]:
    """Commits captures of one document that differ as said; returns their ids in that order."""
    captures = [
        capture_of(f"Title\n{n}".encode(), f"https://x/{n}", changes.pop("captured_at", None))
        for n, changes in enumerate(versions)
    ]
    readings = [
        reading_of(capture, document_id="d", **changes)
        for capture, changes in zip(captures, versions, strict=True)
    ]
    commits.commit(home, commits.stage(home, captures, readings, CODE_VERSION))
    return [capture.capture_id for capture in captures]


def test_everything_committed_is_there(home: Home) -> None:
    commit_batch(home, [page(n) for n in range(5)])
    commit_batch(home, [capture_of(b"\nlisting", "file:///listing")])
    write_event_tables(home, "r1", {"runs": [run_row("r1")]})
    published = publish_all(home)
    assert (published.loaded_batches, published.loaded_runs) == (2, 1)
    assert (published.is_changed, published.is_anew) == (True, True)
    expected = dict.fromkeys((table.name for table in schema.TABLES), 0) | {
        "captures": 6,
        "document_versions": 5,
        "blocks": 20,
        "statements": 65,
        "issues": 1,
        "runs": 1,
        "batches": 2,
        "snapshots": 1,
        "snapshot_batches": 2,
        "snapshot_runs": 1,
        "publishers": 1,
        "countries": 2,
        "issue_codes": 1,
    }
    assert {**published.counts, "dictionary": 0, "cookbook": 0} == expected
    assert published.counts["dictionary"] > 100
    assert rows(home, "SELECT count(*) FROM documents") == [(5,)]
    assert not home.database.with_name("refworld.duckdb.wal").exists()
    assert list(home.staging.iterdir()) == []


def test_only_what_is_lacking_is_loaded(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    commit_batch(home, [page(2)])
    write_event_tables(home, "r1", {"runs": [run_row("r1")]})
    published = publish_all(home)
    assert (published.loaded_batches, published.loaded_runs) == (1, 1)
    assert not published.is_anew
    with duckdb.connect(str(home.database), read_only=True) as connection:
        assert database_digests(connection) == content_digests(home)


def test_nothing_new_leaves_the_file_alone(home: Home) -> None:
    commit_batch(home, [page(1)])
    before = publish_all(home)
    stamp = home.database.stat()
    after = publish_all(home)
    assert not after.is_changed
    assert after.counts == before.counts
    assert (home.database.stat().st_ino, home.database.stat().st_mtime_ns) == (
        stamp.st_ino,
        stamp.st_mtime_ns,
    )


def test_new_reference_rows_take_the_place_of_the_old(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    issue = {"code": "new", "severity": "info", "meaning": "x", "advice": "y"}
    changed = {**REFERENCE, "issue_codes": [*REFERENCE["issue_codes"], issue]}
    published = publish(home, changed)
    assert (published.is_changed, published.is_anew) == (True, False)
    assert rows(home, "SELECT code FROM issue_codes ORDER BY code") == [("new",), ("odd",)]


def call_published(home: Home) -> None:
    """Lets the file as it is now pass for the one that was published, by older code perhaps."""
    digest = disk.sha256_of(home.database)
    home.database_digest.write_text(f"{digest}  {home.database.name}\n")


def spoil(home: Home) -> None:
    content = bytearray(home.database.read_bytes())
    content[:8192] = b"x" * 8192
    home.database.write_bytes(content)


def alter(home: Home) -> None:
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("ALTER TABLE fixity_checks ADD COLUMN more INTEGER")
    call_published(home)


def reword(home: Home) -> None:
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("COMMENT ON COLUMN blocks.text IS 'another'")
    call_published(home)


def write_into(home: Home) -> None:
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("UPDATE captures SET byte_length = 7")


def lose_digest(home: Home) -> None:
    home.database_digest.unlink()


@pytest.mark.parametrize("damage", [spoil, alter, reword, write_into, lose_digest])
def test_a_database_that_cannot_be_built_upon_is_built_anew(home: Home, damage: Any) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    damage(home)
    published = publish_all(home)
    assert published.is_anew
    assert rows(home, "SELECT count(*) FROM captures WHERE byte_length > 7") == [(1,)]


@pytest.mark.parametrize("has_more", [False, True])
def test_a_strangers_log_goes_and_is_in_nothing_that_is_published(
    home: Home, has_more: bool
) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    log = home.database.with_name("refworld.duckdb.wal")
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("UPDATE captures SET byte_length = 7")
        left = log.read_bytes()
        before = home.database.read_bytes()
    home.database.write_bytes(before)
    log.write_bytes(left)
    if has_more:
        commit_batch(home, [page(2)])
    published = publish_all(home)
    assert (published.is_changed, published.is_anew) == (has_more, False)
    assert not log.exists()
    assert rows(home, "FROM captures WHERE byte_length = 7") == []


def test_the_digest_beside_the_database_is_one_that_sha256sum_reads(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    publish(home, REFERENCE, anew=True)
    command = ["sha256sum", "--check", "--strict", home.database_digest.name]
    done = subprocess.run(command, cwd=home.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refworld.duckdb: OK\n")


def test_damage_that_shows_only_while_loading_is_cured_too(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    with duckdb.connect(str(home.database)) as connection:
        row = connection.execute("FROM captures").fetchone()
        assert row
        connection.execute("DELETE FROM batches")
    call_published(home)
    published = publish_all(home)
    assert published.is_anew
    assert rows(home, "SELECT count(*) FROM captures") == [(1,)]


def test_a_batch_that_changed_or_went_is_not_built_upon(home: Home) -> None:
    first = commit_batch(home, [page(1)])
    commit_batch(home, [page(2)])
    publish_all(home)
    commits.withdraw(home, first.batch_id)
    readings = [reading_of(page(1), title="Another")]
    commits.commit(home, commits.stage(home, [page(1)], readings, "2"))
    assert publish_all(home).is_anew
    assert rows(home, "SELECT count(*) FROM documents WHERE title = 'Another'") == [(1,)]
    commits.withdraw(home, first.batch_id)
    assert publish_all(home).is_anew
    assert rows(home, "SELECT count(*) FROM captures") == [(1,)]


def test_it_can_be_built_anew_in_any_case(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    assert publish(home, REFERENCE, anew=True).is_anew


def test_readers_keep_what_they_have_open(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    reader = os.open(home.database, os.O_RDONLY)
    before = disk.sha256_of(home.database)
    commit_batch(home, [page(2)])
    publish_all(home)
    assert disk.sha256_of(Path(f"/proc/self/fd/{reader}")) == before
    os.close(reader)


@pytest.mark.parametrize("has_last", [False, True])
def test_a_failing_check_keeps_the_last_database_and_names_the_rows(
    home: Home, has_last: bool
) -> None:
    if has_last:
        commit_batch(home, [page(1)])
        publish_all(home)
        before = home.database.read_bytes()
    captures = [page(n) for n in range(30, 60)]
    readings = [reading_of(capture, publisher_id="NOBODY") for capture in captures]
    commits.commit(home, commits.stage(home, captures, readings, CODE_VERSION))
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == "references_known"
    assert len(failed.value.rows) == 20
    assert ("publisher_id", failed.value.rows[0][1], "NOBODY") == failed.value.rows[0]
    assert "Publishers, countries and issue codes that are named" in str(failed.value)
    assert "code 'NOBODY'" in str(failed.value)
    if has_last:
        assert home.database.read_bytes() == before
    else:
        assert not home.database.exists()
    assert list(home.staging.iterdir()) == []


def test_a_lake_that_cannot_be_loaded_keeps_the_last_database(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    before = home.database.read_bytes()
    staged = commit_batch(home, [page(2)])
    path = home.derived / staged.batch_id / "blocks.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(PublishFailed, match=r"blocks\.parquet"):
        publish_all(home)
    assert home.database.read_bytes() == before


def test_paths_with_odd_characters_are_only_paths(tmp_path: Path) -> None:
    home = Home(tmp_path / "it's a [strange] *home")
    commit_batch(home, [page(1)])
    write_event_tables(home, "r1", {"runs": [run_row("r1")]})
    assert publish_all(home).counts["captures"] == 1


def test_a_path_that_duckdb_misreads_is_refused_in_words(tmp_path: Path) -> None:
    home = Home(tmp_path / "home?")
    commit_batch(home, [page(1)])
    with pytest.raises(PublishFailed, match="a folder with a"):
        publish_all(home)


def test_events_are_loaded_once(home: Home) -> None:
    commit_batch(home, [page(1)])
    size = len(page(1).payload)
    for run_id, outcome in (("r1", "new"), ("r2", "unchanged")):
        counts = {f"{outcome}_count": 1, f"{outcome}_bytes": size}
        row = run_row(run_id, input_count=1, input_bytes=size, **counts)
        seen = [acquisition_row(run_id, 0, page(1), outcome=outcome)]
        write_event_tables(home, run_id, {"runs": [row], "acquisitions": seen})
        assert publish_all(home).loaded_runs == 1
    assert rows(home, "SELECT run_id, outcome FROM acquisitions ORDER BY run_id") == [
        ("r1", "new"),
        ("r2", "unchanged"),
    ]


@pytest.mark.parametrize(
    "versions",
    [
        # Each time the first is the best.
        [{"title": "Title"}, {"title": None, "last_updated": datetime(2024, 1, 1)}],
        [
            {"last_updated": datetime(2023, 1, 2)},
            {"last_updated": datetime(2023, 1, 1), "accessed_date": date(2024, 1, 1)},
            {"last_updated": None, "accessed_date": date(2024, 1, 1)},
        ],
        [
            {"accessed_date": date(2023, 1, 2)},
            {"accessed_date": date(2023, 1, 1), "captured_at": datetime(2024, 1, 1)},
            {"accessed_date": None, "captured_at": datetime(2024, 1, 1)},
        ],
        [
            {"captured_at": datetime(2023, 1, 2)},
            {"captured_at": datetime(2023, 1, 1)},
            {"captured_at": None},
        ],
    ],
    ids=["title", "last_updated", "accessed_date", "captured_at"],
)
def test_documents_shows_the_best_version(home: Home, versions: list[dict[str, Any]]) -> None:
    ids = commit_versions(home, *(dict(version) for version in versions))
    publish_all(home)
    found = rows(home, "SELECT capture_id, version_count FROM documents")
    assert found == [(ids[0], len(versions))]


def test_of_equal_versions_the_smallest_id_is_shown(home: Home) -> None:
    ids = commit_versions(home, {}, {}, {}, {})
    publish_all(home)
    assert rows(home, "SELECT capture_id FROM documents") == [(min(ids),)]


def test_documents_has_all_columns_of_versions(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    found = rows(home, "SELECT * EXCLUDE version_count FROM documents")
    assert found == rows(home, "FROM document_versions")


def test_sections_hold_a_heading_and_the_text_after_it(home: Home) -> None:
    texts = [
        ("title", None, "T\n"),
        ("paragraph", 0, "\u00a0 Before. \n"),
        ("heading", 1, " One \u00a0\n"),
        ("blank", 1, "\n"),
        ("paragraph", 1, "First.\n"),
        ("list_item", 1, " • Second. \n"),
        ("heading", 2, "Two\n"),
        ("boilerplate", None, "Search"),
    ]
    position, blocks = 0, []
    capture = capture_of("".join(text for *_, text in texts).encode(), "https://x/y")
    octets = 0
    for seq, (kind, section, text) in enumerate(texts):
        char_end, byte_end = position + len(text), octets + len(text.encode())
        level = 1 if kind == "heading" else None
        blocks.append(Block(seq, kind, level, section, text, position, char_end, octets, byte_end))
        position, octets = char_end, byte_end
    reading = reading_of(capture)
    assert len(blocks) == len(reading.blocks)
    changed = dataclasses.replace(reading, blocks=Blocks.of(blocks))
    commits.commit(home, commits.stage(home, [capture], [changed], CODE_VERSION))
    publish_all(home)
    assert rows(home, "SELECT section_seq, heading, text FROM sections ORDER BY section_seq") == [
        (0, None, "Before."),
        (1, "One", "First.\n • Second."),
        (2, "Two", ""),
    ]
