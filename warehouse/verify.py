"""Verification of a data home: bytes, readings and database, each against what it came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from transforms.records import Capture, Reading
from warehouse.commits import Commit, CommitDamaged, commit_paths, read_commit
from warehouse.digests import database_captures, lake_captures, lake_connection
from warehouse.events import event_runs, table_paths
from warehouse.faults import Fault as Fault
from warehouse.fixity import check_files
from warehouse.home import Home
from warehouse.loading import parquet_source
from warehouse.query import NoDatabase, open_database
from warehouse.rereading import check_batch
from warehouse.schema import DERIVED_TABLES, EVENT_TABLES

_MAX_FAULTS = 20
_NONE = "none"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verification found.

    Args:
        faults: What is wrong; empty when all is well.
        files_checked: How many files were read and compared with their commits.
        captures_checked: How many captures were read again.
        fixity_rows: A row of `fixity_checks` per file, which lacks only its `run_id`.
    """

    faults: tuple[Fault, ...]
    files_checked: int
    captures_checked: int
    fixity_rows: tuple[dict[str, Any], ...]


def verify(
    home: Home,
    reread: Callable[[Capture], Reading],
    now: Callable[[], datetime],
    on_batch: Callable[[int, int], None] | None = None,
) -> VerifyReport:
    """Checks all that a data home holds, and changes nothing.

    Archive and lake are read and compared with the digests of their commits; each capture is read
    again from its preserved bytes and compared with the lake; the database is compared with the
    lake.

    Args:
        home: The data home.
        reread: Reads a capture (`transforms.reading.read`).
        now: Gives the time of each fixity check.
        on_batch: Told after each batch how many of how many are read again.
    """
    commits, faults = _readable_commits(home)
    file_faults, fixity_rows = check_files(home, commits, now)
    faults.extend(file_faults)
    for count, commit in enumerate(commits, 1):
        faults.extend(check_batch(home, commit, reread))
        if on_batch:
            on_batch(count, len(commits))
    faults.extend(_check_database(home, commits))
    return VerifyReport(
        faults=tuple(faults),
        files_checked=len(fixity_rows),
        captures_checked=sum(commit.capture_count for commit in commits),
        fixity_rows=tuple(fixity_rows),
    )


def _readable_commits(home: Home) -> tuple[list[Commit], list[Fault]]:
    commits: list[Commit] = []
    faults: list[Fault] = []
    for path in commit_paths(home):
        place = path.relative_to(home.root).as_posix()
        try:
            commit = read_commit(path)
        except (CommitDamaged, OSError) as error:
            faults.append(Fault(place, "the commit cannot be read", "a commit", str(error)))
            continue
        if commit.batch_id == path.parent.name:
            commits.append(commit)
        else:
            found = commit.batch_id
            faults.append(Fault(place, "it commits another batch", path.parent.name, found))
    return commits, faults


def _check_database(home: Home, commits: Sequence[Commit]) -> list[Fault]:
    place = home.database.name
    try:
        with closing(open_database(home)) as database:
            return [
                *_check_batches(database, commits, place),
                *_check_derived(database, home, commits, place),
                *_check_events(database, home, place),
            ]
    except NoDatabase:
        return [Fault(place, "the database is gone", "a database", "nothing")] if commits else []
    except duckdb.Error as error:
        return [Fault(place, "it cannot be compared with the lake", "tables", str(error))]


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
    for table in EVENT_TABLES:
        paths = table_paths(home, event_runs(home), table.name)
        wanted = _row_count(database, parquet_source(paths)) if paths else 0
        held = _row_count(database, table.name)
        if held != wanted:
            what = "it does not have the rows of the lake"
            faults.append(Fault(f"{place} {table.name}", what, f"{wanted} rows", f"{held} rows"))
    return faults


def _row_count(database: duckdb.DuckDBPyConnection, source: str) -> int:
    found = database.execute(f"FROM {source} SELECT count(*)").fetchone()
    return int(found[0]) if found else 0
