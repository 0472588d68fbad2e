"""Homes of each released version open with the code of today, and are brought up to date by it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from flows.adoption import migrate_batches
from flows.pool import Workers, worker_pool
from flows.progress import progress_for
from flows.rebuild import rebuild_command
from flows.rebuild_diff import diff_of
from flows.reference import reference_rows
from tests.homes.make import HOMES
from transforms.reading import read
from warehouse.commits import older_batches, read_commits
from warehouse.database import PublishFailed, publish
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.query import open_database, words_of
from warehouse.verify import verify

VERSIONS = sorted(path.parent.name for path in HOMES.glob("*/home"))


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(version: str, tmp_path: Path) -> Home:
    """A home of an older version, of this test's own."""
    return Home(shutil.copytree(HOMES / version / "home", tmp_path / "data"))


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with worker_pool(1) as workers:
        yield workers


def test_there_is_a_home_of_each_released_version() -> None:
    assert VERSIONS
    assert older_batches(Home(HOMES / "0.1.0" / "home"))


def test_an_ingest_brings_an_old_home_up_to_date(old: Home, version: str, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in old.archive.iterdir()}
    commits = {entry.batch_id: entry.sha256 for entry in read_commits(old)}
    snapshots = len(list(old.events.glob("snapshot-*")))
    is_older = bool(older_batches(old))
    fresh = Home(tmp_path / "fresh")
    for home in (old, fresh):
        ingest_plainly(str(HOMES / version / "sources"), home, 1)
    assert older_batches(old) == []
    assert {path.name: path.read_bytes() for path in old.archive.iterdir()} == before
    assert content_digests(old) == content_digests(fresh)
    with open_database(old) as database:
        states = database.execute("SELECT count(*), max(number) FROM snapshots").fetchone()
        earlier = database.execute(
            "SELECT document_id, version_count FROM documents_in_snapshot(1)"
        ).fetchall()
        superseded = database.execute(
            "SELECT count(DISTINCT commit_sha256) FROM superseded_readings"
        ).fetchone()
    assert states is not None
    assert states[0] > snapshots - 1
    assert earlier == [("4680d8a91", 1)]
    assert superseded == ((len(commits),) if is_older else (0,))
    assert verify(old, read, lambda: datetime.now(UTC)).faults == []


def test_a_rebuild_brings_an_old_home_up_to_date(
    old: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command(old, 1) == 0
    assert older_batches(old) == []
    assert "2 batches" in capsys.readouterr().out
    assert verify(old, read, lambda: datetime.now(UTC)).faults == []


def test_an_old_home_is_checked_as_far_as_its_digests_go(old: Home) -> None:
    older = older_batches(old)
    report = verify(old, read, lambda: datetime.now(UTC))
    # The published database is no part of the fixture.
    assert [fault.place for fault in report.faults] == ["refworld.duckdb"]
    assert len([note for note in report.notes if "another version" in note]) == len(older)
    path = (
        older[0].table_path(old, "blocks") if older else next(old.derived.glob("*/blocks.parquet"))
    )
    path.write_bytes(path.read_bytes()[:-1])
    faults = verify(old, read, lambda: datetime.now(UTC)).faults
    assert path.relative_to(old.root).as_posix() in {fault.place for fault in faults}


def test_the_new_reading_of_an_old_home_is_compared_before_it_is_made(
    old: Home, pool: Workers
) -> None:
    before = {p: p.read_bytes() for p in old.root.rglob("*") if p.is_file()}
    diff = diff_of(old, pool, 60.0, progress_for(None))
    assert diff.faults == []
    assert diff.capture_count == 5
    assert before == {p: p.read_bytes() for p in old.root.rglob("*") if p.is_file()}


def test_what_cannot_be_loaded_is_said(old: Home) -> None:
    if older_batches(old):
        with pytest.raises(PublishFailed, match="refworld rebuild"):
            publish(old, reference_rows())


def test_a_question_to_a_database_of_another_version_tells_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "data")
    ingest_plainly(str(HOMES / VERSIONS[0] / "sources" / "a.txt"), home, 1)
    with open_database(home) as database, pytest.raises(Exception, match="no_such") as error:
        database.execute("SELECT no_such FROM runs")
    assert "another version" not in words_of(error.value, home)
    monkeypatch.setattr("warehouse.ddl.schema_sha256", lambda: "other")
    assert "another version" in words_of(error.value, home)


def test_a_batch_whose_bytes_are_gone_keeps_what_was_read(old: Home, pool: Workers) -> None:
    older = older_batches(old)
    if not older:
        return
    (old.archive / f"{older[0].batch_id}.warc.gz").unlink()
    said: list[str] = []
    assert migrate_batches(old, pool, "0.2.0+test", said.append) == len(older) - 1
    assert older[0].batch_id in said[0]
    assert [entry.batch_id for entry in older_batches(old)] == [older[0].batch_id]
