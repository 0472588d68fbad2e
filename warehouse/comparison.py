"""The published database against the lake that it was loaded from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from warehouse import disk
from warehouse.commits import Commit
from warehouse.digests import database_captures, lake_captures, lake_connection
from warehouse.events import event_runs, table_paths
from warehouse.faults import Fault
from warehouse.home import Home
from warehouse.published import is_as_published, published_digests, wal_of
from warehouse.query import DatabaseUnusable, NoDatabase, is_of_other_schema, open_database
from warehouse.schema import (
    DERIVED_TABLES,
    EVENT_TABLES,
    RUNS,
    SNAPSHOT_TABLES,
    SUPERSEDED_READINGS,
)
from warehouse.snapshots import snapshot_folders
from warehouse.sources import parquet_source
from warehouse.superseded import superseded_folders

_CRASHED = Path(__file__).with_name("queries") / "crashed_runs.sql"
_MAX_FAULTS = 20
# Of a damaged Parquet file DuckDB may give out words that Python cannot decode.
_UNCOMPARABLE = (DatabaseUnusable, duckdb.Error, ValueError, OverflowError, RuntimeError)
_NONE = "none"


def check_database(home: Home, commits: Sequence[Commit]) -> list[Fault]:
    """Compares the published database with the lake, row by row.

    Of one of another schema, which the next publishing builds anew, only the bytes and the batches
    are compared.

    Args:
        home: The data home.
        commits: The batches whose commits can be trusted.
    """
    place = home.database.name
    try:
        with closing(open_database(home)) as database:
            faults = [*_check_file(home, place), *_check_batches(database, commits, place)]
            if is_of_other_schema(database):
                return faults
            return [
                *faults,
                *_check_derived(database, home, commits, place),
                *_check_events(database, home, place),
            ]
    except NoDatabase:
        return [Fault(place, "the database is gone", "a database", "nothing")] if commits else []
    except _UNCOMPARABLE as error:
        return [Fault(place, "it cannot be compared with the lake", "tables", str(error))]


def _check_file(home: Home, place: str) -> list[Fault]:
    """Returns a fault for a file that is not, as a whole, what was published."""
    faults = []
    if wal_of(home.database).exists():
        what = "a program that writes to the database has left its log; the next run removes it"
        faults.append(Fault(wal_of(home.database).name, what, "no file", "a file"))
    # Code before this one wrote no digest down.
    known = published_digests(home)
    if known and not is_as_published(home):
        what = "it has other bytes than were published; `refworld rebuild --database` mends it"
        expected = ", ".join(sorted(known))
        faults.append(Fault(place, what, expected, disk.sha256_of(home.database)))
    return faults


def _check_batches(
    database: duckdb.DuckDBPyConnection, commits: Sequence[Commit], place: str
) -> list[Fault]:
    held = dict(database.execute("SELECT batch_id, commit_sha256 FROM batches").fetchall())
    wanted = {commit.batch_id: commit.sha256 for commit in commits}
    return [
        Fault(
            f"{place} batches {batch_id}",
            "it is not the batch that is committed",
            wanted.get(batch_id, _NONE),
            held.get(batch_id, _NONE),
        )
        for batch_id in sorted(held.keys() | wanted.keys())
        if held.get(batch_id) != wanted.get(batch_id)
    ]


def _check_derived(
    database: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], place: str
) -> list[Fault]:
    faults: list[Fault] = []
    with lake_connection(home) as connection:
        for table in DERIVED_TABLES:
            wanted = lake_captures(connection, home, commits, table)
            held = database_captures(database, table)
            differing = [
                Fault(
                    f"{place} {table.name} capture {capture_id}",
                    "its rows are not those of the lake (digests)",
                    wanted.get(capture_id, _NONE),
                    held.get(capture_id, _NONE),
                )
                for capture_id in sorted(held.keys() | wanted.keys())
                if held.get(capture_id) != wanted.get(capture_id)
            ]
            faults.extend(differing[:_MAX_FAULTS])
    return faults


def _check_events(database: duckdb.DuckDBPyConnection, home: Home, place: str) -> list[Fault]:
    faults: list[Fault] = []
    pending = _pending_runs(database, home)
    run_ids = [run_id for run_id in event_runs(home) if run_id not in pending]
    records = [*snapshot_folders(home), *superseded_folders(home)]
    for table in (*EVENT_TABLES, *SNAPSHOT_TABLES, SUPERSEDED_READINGS):
        paths = table_paths(home, run_ids if table in EVENT_TABLES else records, table.name)
        wanted = _row_count(database, parquet_source(paths, is_united=True)) if paths else 0
        held = _row_count(database, table.name)
        if held != wanted:
            what = "it does not have the rows of the lake"
            faults.append(Fault(f"{place} {table.name}", what, f"{wanted} rows", f"{held} rows"))
    return faults


def _pending_runs(database: duckdb.DuckDBPyConnection, home: Home) -> set[str]:
    paths = table_paths(home, event_runs(home), RUNS.name)
    if not paths:
        return set()
    query = _CRASHED.read_text(encoding="utf-8")
    source = parquet_source(paths, is_united=True)
    return {run_id for (run_id,) in database.execute(query.format(source=source)).fetchall()}


def _row_count(database: duckdb.DuckDBPyConnection, source: str) -> int:
    found = database.execute(f"FROM {source} SELECT count(*)").fetchone()
    return int(found[0]) if found else 0
