"""What was published is known for ever: which states there were, and what each of them said."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.pages import (
    CODE_VERSION,
    REFERENCE,
    STARTED,
    page,
    publish_all,
    reading_of,
    run_row,
)
from transforms.records import NOT_A_DOCUMENT, Blocks, Capture, Issue, Reading, capture_of
from warehouse import commits, database
from warehouse.compaction import compact
from warehouse.database import publish
from warehouse.events import write_event_tables
from warehouse.home import Home
from warehouse.snapshots import snapshot_folders
from warehouse.verify import verify


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def documents(home: Home, source: str = "documents") -> list[str]:
    return sorted(map(repr, rows(home, f"FROM {source} SELECT COLUMNS(*) ORDER BY document_id")))


def commit_read(home: Home, captures: list[Capture], version: int) -> None:
    """Commits captures as version `version` of the code reads them, or puts it in place."""
    readings = [read_by(version, capture) for capture in captures]
    staged = commits.stage(home, captures, readings, f"{CODE_VERSION}.{version}")
    commits.supersede(home, staged)


def read_by(version: int, capture: Capture) -> Reading:
    """Reads a page as a version of the code does: some see other things in it, or no document."""
    number = int(capture.payload_sha256[:4], 16) + version
    if number % 5 == 0:
        issue = Issue("odd", None, "no document to this version")
        return Reading(
            capture.capture_id, "utf-8", None, NOT_A_DOCUMENT, None, Blocks(), (), (issue,)
        )
    author = f"author {number // 2}" if number % 3 else None
    return reading_of(capture, author=author)


class Story:
    """A home to which things happen at random, and what was seen in it after each."""

    def __init__(self, home: Home, seed: int) -> None:
        self.home = home
        self.random = random.Random(seed)
        self.batches: list[list[Capture]] = []
        self.seen: dict[str, list[str]] = {}
        self.run_count = 0
        self.confirmed = 0

    def step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        match self.random.randrange(6):
            case 0 | 1:
                self.take_in()
            case 2 if self.batches:
                version = self.random.randrange(4)
                for batch in self.random.sample(self.batches, k=(len(self.batches) + 1) // 2):
                    commit_read(self.home, batch, version)
            case 3:
                compact(self.home)
                commits.recover(self.home)
            case 4:
                self.home.database.unlink(missing_ok=True)
            case _:
                pass
        self.record()
        with monkeypatch.context() as patched:
            if self.random.random() < 0.3:  # killed before the lake had the snapshot
                patched.setattr(database, "record", lambda home, found: None)
            publish_all(self.home)
        if rows(self.home, "FROM current_snapshot"):
            (number,) = rows(self.home, "SELECT snapshot_id FROM current_snapshot")[0]
            self.seen[number] = documents(self.home)

    def take_in(self) -> None:
        start = self.random.randrange(6)
        count = self.random.randrange(1, 4)
        batch = [
            capture_of(
                page(n, body=f"{len(self.batches)}").payload,
                page(n).target_uri,
                page(n).captured_at,
            )
            for n in range(start, start + count)
        ]
        self.batches.append(batch)
        commit_read(self.home, batch, 0)

    def record(self) -> None:
        self.run_count += 1
        # Names in an order of their own: the clock may have been set back.
        run_id = f"{self.random.randrange(10**6):06}-{self.run_count}"
        write_event_tables(self.home, run_id, {"runs": [run_row(run_id)]})


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 6))]
)
def test_a_snapshot_says_for_ever_what_it_said(
    home: Home, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(home, seed)
    for _ in range(10):
        story.step(monkeypatch)
    publish_all(home)
    for snapshot_id, said in story.seen.items():
        # A snapshot that only the database had is gone with it, when both are lost at once.
        if rows(home, f"FROM snapshots WHERE snapshot_id = '{snapshot_id}'"):
            found = documents(home, f"documents_in_snapshot('{snapshot_id}')")
            assert found == said
            story.confirmed += 1
    assert story.confirmed > len(story.seen) / 2
    numbers = [number for (number,) in rows(home, "SELECT number FROM snapshots ORDER BY 1")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(snapshot_folders(home)) == len(numbers)


def test_each_state_is_numbered_and_says_what_came_in(home: Home) -> None:
    commit_read(home, [page(1)], 0)
    write_event_tables(home, "r2", {"runs": [run_row("r2")]})
    publish_all(home)
    commit_read(home, [page(2)], 0)
    write_event_tables(home, "r1", {"runs": [run_row("r1")]})
    publish_all(home)
    found = rows(home, "SELECT number, batch_count, capture_count, run_count FROM snapshots")
    assert found == [(1, 1, 1, 1), (2, 2, 2, 2)]
    assert rows(home, "SELECT number, run_id FROM snapshot_runs") == [(1, "r2"), (2, "r1")]
    ids = [i for (i,) in rows(home, "SELECT snapshot_id FROM snapshots ORDER BY number")]
    assert rows(home, "SELECT previous_id FROM snapshots ORDER BY number") == [(None,), (ids[0],)]
    assert rows(home, "SELECT snapshot_id FROM current_snapshot") == [(ids[1],)]


def test_publishing_nothing_new_makes_no_snapshot(home: Home) -> None:
    commit_read(home, [page(1)], 0)
    publish_all(home)
    publish_all(home)
    publish(home, REFERENCE, anew=True, clock=lambda: STARTED)
    assert rows(home, "SELECT count(*) FROM snapshots") == [(1,)]


def test_an_unknown_snapshot_is_an_error(home: Home) -> None:
    commit_read(home, [page(1)], 0)
    publish_all(home)
    with pytest.raises(duckdb.Error, match="there is no snapshot 7"):
        rows(home, "FROM documents_in_snapshot(7)")


def test_a_snapshot_that_only_the_database_has_is_written_to_the_lake(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_read(home, [page(1)], 0)
    with monkeypatch.context() as patched:
        patched.setattr(database, "record", lambda home, found: None)
        publish_all(home)
    assert snapshot_folders(home) == []
    publish_all(home)
    assert len(snapshot_folders(home)) == 1
    home.database.unlink()
    publish_all(home)
    assert rows(home, "SELECT number, capture_count FROM snapshots") == [(1, 1)]


def test_readings_that_differ_are_kept_and_the_same_ones_are_not(home: Home) -> None:
    commit_read(home, [page(1), page(2)], 0)
    publish_all(home)
    commit_read(home, [page(1), page(2)], 0)
    publish_all(home)
    assert rows(home, "SELECT count(*) FROM superseded_readings") == [(0,)]
    commit_read(home, [page(1), page(2)], 1)
    publish_all(home)
    found = rows(home, "SELECT code_version, count(*) FROM superseded_readings GROUP BY ALL")
    assert found == [(f"{CODE_VERSION}.0", 2)]


def test_verify_compares_snapshots_with_the_lake(home: Home) -> None:
    commit_read(home, [page(1)], 0)
    publish_all(home)
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("DELETE FROM snapshots")
    report = verify(home, lambda capture: read_by(0, capture), lambda: STARTED)
    assert any("snapshots" in fault.place for fault in report.faults)
