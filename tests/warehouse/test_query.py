"""Looking: read-only, and by the way the bytes came."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.pages import (
    CODE_VERSION,
    acquisition_row,
    commit_batch,
    page,
    publish_all,
    reading_of,
    run_row,
)
from transforms.records import capture_of
from warehouse import commits, query
from warehouse.archive import read_record
from warehouse.events import write_event_tables
from warehouse.home import Home

PAGE = page(4)
DOCUMENT_ID = "000000004"


@pytest.fixture
def database(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    commit_batch(home, [page(number) for number in range(6)])
    size = len(PAGE.payload)
    row = run_row("r1", input_count=1, input_bytes=size, new_count=1, new_bytes=size)
    seen = [acquisition_row("r1", 0, PAGE)]
    write_event_tables(home, "r1", {"runs": [row], "acquisitions": seen})
    publish_all(home)
    with query.open_database(home) as connection:
        yield connection


def test_without_a_database_the_way_to_one_is_told(home: Home) -> None:
    with pytest.raises(query.NoDatabase, match="refworld ingest SOURCE"):
        query.open_database(home)


def test_a_query_gives_columns_types_and_rows(database: duckdb.DuckDBPyConnection) -> None:
    found = query.run_sql(
        database, "SELECT 1 AS a, 'x' AS b, [DATE '2006-06-05'] AS c FROM range(3000)"
    )
    assert found.columns == ("a", "b", "c")
    assert found.types == ("INTEGER", "VARCHAR", "DATE[]")
    assert len(list(found.rows)) == 3000


@pytest.mark.parametrize(
    "sql", ["DELETE FROM captures", "CREATE TABLE x (y INTEGER)", "DROP VIEW documents"]
)
def test_nothing_can_be_written(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        query.run_sql(database, sql)


def test_a_query_goes_to_parquet(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    query.write_parquet(database, "SELECT document_id FROM documents", path)
    found = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchone()
    assert found == (6,)


def test_versions_of_a_document_come_best_first(home: Home) -> None:
    captures = [capture_of(f"Title\n{n}".encode(), f"https://x/{n}") for n in range(4)]
    times = [datetime(2023, 1, 2), datetime(2023, 1, 3), None, datetime(2024, 1, 1)]
    titles = ["Title", "Title", "Title", None]
    readings = [
        reading_of(capture, document_id="d", last_updated=time, title=title)
        for capture, time, title in zip(captures, times, titles, strict=True)
    ]
    commits.commit(home, commits.stage(home, captures, readings, CODE_VERSION))
    publish_all(home)
    with query.open_database(home) as connection:
        found = query.documents_by_id(connection, "d")
        assert [row["last_updated"] for row in found] == [times[1], times[3], times[0], None]
        assert [row["is_best"] for row in found] == [True, False, False, False]
        assert found[0]["target_uri"] == "https://x/1"
        assert query.documents_by_id(connection, "x' OR true --") == []


def test_the_blocks_of_a_capture_are_its_text(database: duckdb.DuckDBPyConnection) -> None:
    blocks = query.blocks_of(database, PAGE.capture_id)
    assert "".join(block["text"] for block in blocks) == PAGE.payload.decode()
    assert blocks[0]["kind"] == "title"


def test_a_trace_leads_to_the_preserved_bytes(
    home: Home, database: duckdb.DuckDBPyConnection
) -> None:
    (row,) = query.trace_rows(database, DOCUMENT_ID, "title")
    capture = read_record(home.archive / row["warc_file"], row["warc_offset"])
    assert capture == PAGE
    assert capture.payload[row["byte_start"] : row["byte_end"]].decode() == row["raw"] == "Report"
    assert row["before"] == ""
    assert row["after"].startswith("\n\nOverview 4\n")
    assert row["code_version"] == CODE_VERSION
    assert row["run_ids"] == ["r1"]
    assert row["payload_sha256"] == PAGE.payload_sha256


def test_the_words_around_are_those_next_to_it(home: Home) -> None:
    capture = capture_of(("a" * 100 + "Words" + "b" * 100).encode(), "https://x/y")
    reading = reading_of(capture, document_id="d", title="Words")
    at = capture.payload.index(b"Words")
    statements = tuple(
        type(s)("title", "Words", "Words", at, at + 5, at, at + 5, "x") if s.field == "title" else s
        for s in reading.statements
    )
    changed = type(reading)(
        reading.capture_id, "utf-8", "plain", "document", reading.document, reading.blocks,
        statements, (),
    )  # fmt: skip
    commits.commit(home, commits.stage(home, [capture], [changed], CODE_VERSION))
    publish_all(home)
    with query.open_database(home) as connection:
        (row,) = query.trace_rows(connection, "d", "title")
    assert (row["before"], row["after"]) == ("a" * 60, "b" * 60)


def test_a_trace_of_all_fields_has_every_statement(database: duckdb.DuckDBPyConnection) -> None:
    rows = query.trace_rows(database, DOCUMENT_ID)
    assert [row["field"] for row in rows] == [s.field for s in reading_of(PAGE).statements]
    assert rows[0]["before"] is None
    assert query.trace_rows(database, "nothing") == []


def test_status_counts_captures_documents_and_issues(database: duckdb.DuckDBPyConnection) -> None:
    found = {(row["kind"], row["name"]): row["row_count"] for row in query.status_rows(database)}
    assert found == {("captures", "document"): 6, ("documents", "plain"): 6}
    assert [row["run_id"] for row in query.latest_runs(database, 5)] == ["r1"]


def test_looking_imports_no_arrow() -> None:
    code = "import sys, warehouse.query; sys.exit('pyarrow' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_no_bar_is_shown_by_a_process_that_looks_like_a_prompt() -> None:
    """A worker has no file that it runs, which is what DuckDB tells a prompt by."""
    words = (
        "import duckdb; from pathlib import Path; from warehouse import engine\n"
        "for made in (duckdb.connect(), engine.connect(None, Path('spill'))):\n"
        "    print(made.execute(\"SELECT current_setting('enable_progress_bar')\").fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
