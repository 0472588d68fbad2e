"""Homes of each release open with the code of today, and are brought up to date by it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchmarks.plain import ingest_plainly
from flows.adoption import migrate_batches
from flows.auditing import audit, report_lines
from flows.code_version import code_version
from flows.limits import DEFAULT_LIMITS
from flows.pace import Pace
from flows.pool import Workers, worker_pool
from flows.progress import progress_for
from flows.rebuild import rebuild, rebuild_command
from flows.rebuild_diff import diff_of
from flows.reference import reference_rows
from flows.replicate_command import replicate_command
from tests.flows.conftest import page
from tests.homes.make import HOMES, SAID, documents_in, releases
from tests.homes.newer import newer_code
from tests.warehouse.pages import run_row
from transforms.reading import read
from transforms.records import Capture, capture_of
from warehouse import lake, schema
from warehouse.archive import read_warc
from warehouse.commits import (
    Commit,
    HomeIsNewer,
    commit,
    commit_paths,
    older_batches,
    read_commits,
    stage,
    supersede,
)
from warehouse.database import publish
from warehouse.digests import content_digests
from warehouse.events import write_event_tables
from warehouse.home import Home
from warehouse.query import open_database
from warehouse.sealed import sealed
from warehouse.verify import VerifyReport


@pytest.fixture(params=releases())
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(release: str, tmp_path: Path) -> Home:
    """The home of a release, of this test's own."""
    return Home(shutil.copytree(HOMES / release / "home", tmp_path / "data"))


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with worker_pool(1) as workers:
        yield workers


def audited(home: Home) -> VerifyReport:
    """Returns what an audit finds; it publishes."""
    return audit(home, Pace(None, None), {}, progress_for(None)).report


def asked(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with closing(open_database(home)) as database:
        return database.execute(sql).fetchall()


def is_older(home: Home) -> bool:
    """Returns whether the schema has changed since the home was made: at first it has not."""
    return bool(older_batches(home))


def assert_says_what_it_said(home: Home, release: str) -> None:
    """Checks each snapshot against what the release said of it, in the columns of that time."""
    said = json.loads((HOMES / release / SAID).read_text(encoding="utf-8"))["snapshots"]
    assert len(said) == 5
    with closing(open_database(home)) as database:
        for number, documents in said.items():
            found = documents_in(database, int(number))
            assert len(found) == len(documents)
            for now, then in zip(found, documents, strict=True):
                assert {name: now[name] for name in then} == then, f"snapshot {number}"


def test_nothing_of_a_release_is_taken_away() -> None:
    assert "0.1.0" in releases()
    tables = {table.name: table for table in schema.TABLES}
    for path in HOMES.glob("*/home/lake/*/*/*.parquet"):
        types = lake.arrow_schema(tables[path.stem])
        for field in lake.read_table(path).schema:
            assert types.field(field.name).type == field.type, f"{path} {field.name}"


def test_an_ingest_brings_an_old_home_up_to_date(old: Home, release: str, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in old.archive.iterdir()}
    commits = {entry.sha256 for entry in read_commits(old)}
    superseded = {path.name.split("-")[1] for path in old.events.glob("superseded-*")}
    was_older = is_older(old)
    fresh = Home(tmp_path / "fresh")
    sources = shutil.copytree(HOMES / release / "sources", tmp_path / "sources")
    (sources / "more.txt").write_text(page(7), encoding="utf-8")
    for home in (old, fresh):
        ingest_plainly(str(sources), home, 1)
    assert older_batches(old) == []
    assert (
        before.items() <= {path.name: path.read_bytes() for path in old.archive.iterdir()}.items()
    )
    assert content_digests(old) == content_digests(fresh)
    assert_says_what_it_said(old, release)
    kept = {sha256 for (sha256,) in asked(old, "SELECT commit_sha256 FROM superseded_readings")}
    assert kept == superseded | (commits if was_older else set())
    # The run that a kill had ended before the upgrade is known to have crashed.
    states = dict(asked(old, "SELECT state, count(*) FROM runs GROUP BY state"))
    assert states == {"completed": 5, "crashed": 1}
    report = audited(old)
    assert (report.faults, report.notes, report.older_count) == ([], [], 0)


def test_a_rebuild_brings_an_old_home_and_its_copy_up_to_date(
    old: Home, release: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Home(tmp_path / "copy")
    assert replicate_command(old, copy) == 0
    assert read_commits(copy) == read_commits(old)
    assert rebuild_command(old, 1) == 0
    assert older_batches(old) == []
    assert "Derived 2 batches anew" in capsys.readouterr().out
    assert_says_what_it_said(old, release)
    assert replicate_command(old, copy) == 0
    assert read_commits(copy) == read_commits(old)
    assert audited(old).faults == []


def test_an_old_home_is_audited_and_published_as_it_is(old: Home, release: str) -> None:
    older = len(older_batches(old))
    # The published database is no part of what is kept of a release.
    first = audited(old)
    assert [fault.place for fault in first.faults] == ["refworld.duckdb"]
    second = audited(old)
    assert (second.faults, second.older_count) == ([], older)
    words = f"{older} batches of another schema" if older else "All is well."
    assert words in "\n".join(report_lines(second))
    assert_says_what_it_said(old, release)
    assert asked(old, "SELECT count(*), count(DISTINCT document_id) FROM document_versions") == [
        (3, 2)
    ]
    path = next(old.derived.glob("*/blocks.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    places = {fault.place for fault in audited(old).faults}
    assert path.relative_to(old.root).as_posix() in places


def put_in_place(home: Home, capture: Capture, code_version: str) -> Commit:
    """Publishes a capture as some code reads it, to which its language is another."""
    reading = read(capture)
    assert reading.document is not None
    reading = replace(
        reading,
        document=replace(reading.document, language="fr"),
        statements=tuple(
            replace(statement, value="fr") if statement.field == "language" else statement
            for statement in reading.statements
        ),
    )
    supersede(home, stage(home, [capture], [reading], code_version))
    publish(home, reference_rows())
    (entry,) = read_commits(home)
    return entry


def test_what_other_code_reads_otherwise_is_no_damage(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    capture = capture_of(page(1).encode(), "file:///1.txt")
    put_in_place(home, capture, code_version())
    assert any("language" in fault.what for fault in audited(home).faults)
    entry = put_in_place(home, capture, "0.0.9+other")
    report = audited(home)
    assert (report.faults, report.otherwise_count) == ([], 1)
    assert "refworld rebuild --diff" in "\n".join(report_lines(report))
    faithful = {Path(row["file"]).stem: row["is_faithful"] for row in report.fixity_rows}
    assert (faithful["document_versions"], faithful["blocks"]) == (None, True)
    # A damaged table is damage, whoever wrote it.
    path = entry.table_path(home, "document_versions")
    path.write_bytes(path.read_bytes()[:-1])
    assert path.relative_to(home.root).as_posix() in {f.place for f in audited(home).faults}


def test_the_new_reading_of_an_old_home_is_compared_before_it_is_made(
    old: Home, pool: Workers
) -> None:
    before = {p: p.read_bytes() for p in old.root.rglob("*") if p.is_file()}
    diff = diff_of(old, pool, DEFAULT_LIMITS.capture_seconds, progress_for(None))
    assert diff.faults == []
    assert diff.capture_count == 5
    assert before == {p: p.read_bytes() for p in old.root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_a_batch_whose_bytes_are_damaged_keeps_what_was_read(
    old: Home, pool: Workers, is_rebuilt: bool
) -> None:
    older = {entry.batch_id for entry in older_batches(old)}
    (entry,) = [entry for entry in read_commits(old) if entry.capture_count == 2]
    path = old.archive / f"{entry.batch_id}.warc.gz"
    content = bytearray(path.read_bytes())
    content[4] ^= 1  # the time in a gzip header: the captures can be read all the same
    path.write_bytes(content)
    assert len(list(read_warc(path))) == 2
    said: list[str] = []
    if is_rebuilt:
        rebuilt = rebuild(old, pool, "0.2.0+test", progress_for(None))
        said, count = rebuilt.faults, rebuilt.batch_count
    else:
        count = migrate_batches(old, pool, "0.2.0+test", said.append)
    if older or is_rebuilt:
        assert count == 1
        assert entry.batch_id in said[-1]
    assert entry in read_commits(old)
    publish(old, reference_rows())
    assert asked(old, "SELECT count(*) FROM document_versions") == [(3,)]
    assert {fault.place for fault in audited(old).faults} == {f"archive/{path.name}"}


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Any]]:
    """A home of today's schema to which newer code has come, and what it had to tell."""
    folder = tmp_path_factory.mktemp("newer")
    home = Home(folder / "data")
    sources = folder / "sources"
    shutil.copytree(HOMES / "0.1.0" / "sources" / "first", sources)
    payloads = [path.read_bytes() for path in sorted(sources.iterdir())]
    captures = [capture_of(payload, "file:///first.txt") for payload in payloads]
    readings = [read(capture) for capture in captures]
    commit(home, stage(home, captures, readings, code_version()))
    row = run_row("20260101T000000Z-00000000")
    write_event_tables(home, row["run_id"], {"runs": [row]})
    publish(home, reference_rows())
    (sources / "more.txt").write_text(page(7), encoding="utf-8")
    places = (home.root, sources, folder / "fresh")
    done = subprocess.run(
        [sys.executable, "-m", "tests.durability.old_home_steps", *map(str, places)],
        cwd=folder,
        env=newer_code(folder / "code"),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


def test_newer_code_with_more_columns_opens_a_home_of_today(
    newer: tuple[Home, dict[str, Any]],
) -> None:
    _, told = newer
    assert "shelf" in told["refused"]
    assert "was published by another version" in told["refused"]
    for state in ("before", "still_older", "after"):
        assert told[state]["faults"] == 0, told[state]["said"]
    assert "NOTE the database is of another version" in "\n".join(told["before"]["said"])
    for state in ("before", "still_older"):
        assert "NOTE 1 batch of another schema" in "\n".join(told[state]["said"])
    # What was not known then is null, or nothing where it may not be null.
    assert told["loaded_as_it_is"] == [[None], [None], [0], 0, [0, 7], None, [None]]


def test_newer_code_derives_what_older_code_has_read_anew(
    newer: tuple[Home, dict[str, Any]],
) -> None:
    _, told = newer
    assert told["migrated"] == [["A 7"], ["first"], [1], 3, [0, 7], [None], [None]]
    assert told["is_as_fresh"]
    assert "All is well." in told["after"]["said"]


def test_a_home_of_newer_code_is_refused_rather_than_read_again(
    newer: tuple[Home, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    home, _ = newer
    before = {p: p.read_bytes() for p in home.root.rglob("*.parquet")}
    with pytest.raises(HomeIsNewer, match="newer version"):
        ingest_plainly(str(HOMES / "0.1.0" / "sources"), home, 1)
    assert rebuild_command(home, 1) == 2
    assert "use that version" in capsys.readouterr().err
    after = {p: p.read_bytes() for p in home.root.rglob("*.parquet")}
    assert before.items() <= after.items()


def test_a_commit_of_a_newer_format_is_refused_and_a_damaged_one_named(old: Home) -> None:
    path = commit_paths(old)[0]
    fields = json.loads(path.read_bytes())
    del fields["seal"]
    path.write_bytes(sealed(fields | {"format": 9}))
    with pytest.raises(HomeIsNewer, match="format 9"):
        read_commits(old)


def test_what_a_file_lacks_is_nothing_of_its_type() -> None:
    table = schema.RUNS
    rows = pa.table({"run_id": ["r"], "started_at": pa.array([0], pa.timestamp("us"))})
    (row,) = lake.matched(table, rows).to_pylist()
    assert (row["new_count"], row["kind"], row["error"]) == (0, "", None)
