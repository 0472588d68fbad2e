"""Snapshots: the states that were published, numbered in their order.

A snapshot's rows are part of the database that it is, so that publishing and recording are one
rename; from there they are written to the lake, to `events/snapshot-<number>-<id>/`. A run killed
between the two leaves that to the next one: `settle`.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import engine, lake
from warehouse.events import is_sealed, write_sealed_folder
from warehouse.home import Home
from warehouse.schema import SNAPSHOT_BATCHES, SNAPSHOT_RUNS, SNAPSHOT_TABLES, SNAPSHOTS, Table

_QUERIES = Path(__file__).with_name("queries")
_PREFIX = "snapshot-"

# Arrow tables by name, by the folder that they are to have in the lake.
Unrecorded = dict[str, dict[str, pa.Table]]


def snapshot_folders(home: Home) -> list[str]:
    """Returns the names of the folders of recorded snapshots, in their order."""
    return sorted(
        path.name for path in home.events.glob(f"{_PREFIX}*") if is_sealed(home, path.name)
    )


def held_folders(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Returns the names that the folders of a database's snapshots have in the lake."""
    rows = connection.execute("SELECT number, snapshot_id FROM snapshots").fetchall()
    return [f"{_PREFIX}{number:06d}-{snapshot_id}" for number, snapshot_id in rows]


def add_snapshot(connection: duckdb.DuckDBPyConnection, published_at: datetime) -> None:
    """Numbers the state that a draft has come to, unless it is that of the last snapshot."""
    parameters: dict[str, object] = {"published_at": published_at.replace(tzinfo=None)}
    _insert(connection, SNAPSHOTS.name, "new_snapshot", parameters)
    last = connection.execute("SELECT max(number) FROM snapshots").fetchone()
    number = {"number": last[0] if last else None}
    for table in (SNAPSHOT_BATCHES, SNAPSHOT_RUNS):
        _insert(connection, table.name, f"new_{table.name}", number)


def unrecorded(home: Home, database: duckdb.DuckDBPyConnection) -> Unrecorded:
    """Returns the snapshots that a database holds and the lake does not."""
    recorded = set(snapshot_folders(home))
    return {
        folder: {table.name: _rows_of(database, table, folder) for table in SNAPSHOT_TABLES}
        for folder in sorted(set(held_folders(database)) - recorded)
    }


def record(home: Home, found: Unrecorded) -> None:
    """Writes snapshots to the lake; those of a database must have been published."""
    for folder, tables in found.items():
        write_sealed_folder(home, folder, tables)


def settle(home: Home, published: Path) -> None:
    """Writes to the lake what snapshots a copy of the published database holds and it does not.

    A database of another schema has nothing to tell.
    """
    try:
        with closing(engine.open_copy(published)) as database:
            found = unrecorded(home, database)
    except duckdb.Error:
        return
    record(home, found)


def _rows_of(database: duckdb.DuckDBPyConnection, table: Table, folder: str) -> pa.Table:
    number = int(folder.split("-")[1])
    query = f"FROM {table.name} WHERE number = {number} ORDER BY {', '.join(table.key)}"
    return lake.matched(table, database.sql(query).to_arrow_table())


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, query: str, parameters: dict[str, object]
) -> None:
    sql = (_QUERIES / f"{query}.sql").read_text(encoding="utf-8")
    connection.execute(f"INSERT INTO {table} BY NAME {sql}", parameters)
