"""Loading what a database lacks of the lake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import lake, schema
from warehouse.commits import Commit
from warehouse.events import table_paths
from warehouse.home import Home
from warehouse.schema import (
    DERIVED_TABLES,
    EVENT_TABLES,
    SNAPSHOT_TABLES,
    SUPERSEDED_READINGS,
    Table,
)

_BATCHES_AT_ONCE = 25


def load_batches(
    connection: duckdb.DuckDBPyConnection, home: Home, batches: Sequence[Commit]
) -> Iterator[Sequence[Commit]]:
    """Puts the rows of these batches into the tables, and yields each share that is in.

    A share makes a transaction: one for all would hold the keys of all rows in memory twice.
    Nobody sees a database half loaded, because nobody opens it before it is put in its place.
    """
    for first in range(0, len(batches), _BATCHES_AT_ONCE):
        share = batches[first : first + _BATCHES_AT_ONCE]
        connection.begin()
        for table in DERIVED_TABLES:
            paths = [entry.table_path(home, table.name) for entry in share]
            _insert(connection, table, parquet_source(paths))
        _insert_rows(connection, schema.BATCHES, _batch_rows(share))
        connection.commit()
        yield share


def load_events(connection: duckdb.DuckDBPyConnection, home: Home, run_ids: Sequence[str]) -> None:
    """Puts what these runs recorded into the tables."""
    for table in EVENT_TABLES:
        if paths := table_paths(home, run_ids, table.name):
            _insert(connection, table, parquet_source(paths, is_united=True))


def load_records(connection: duckdb.DuckDBPyConnection, home: Home, folders: Sequence[str]) -> None:
    """Puts the snapshots and superseded readings of these folders of events into the tables."""
    for table in (*SNAPSHOT_TABLES, SUPERSEDED_READINGS):
        if paths := table_paths(home, folders, table.name):
            _insert(connection, table, parquet_source(paths, is_united=True))


def show_loaded(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    batches: Sequence[Commit],
    run_ids: Sequence[str],
) -> None:
    """Makes a view `loaded_<table>` of each table, with what of the lake was loaded into it."""
    for table in DERIVED_TABLES:
        _define_view(connection, table, [entry.table_path(home, table.name) for entry in batches])
    for table in EVENT_TABLES:
        _define_view(connection, table, table_paths(home, run_ids, table.name))


def replace_reference(
    connection: duckdb.DuckDBPyConnection, reference: Mapping[str, pa.Table]
) -> None:
    """Puts other rows in the place of those of reference tables."""
    for table in schema.TABLES:
        if table.name in reference:
            connection.execute(f"TRUNCATE {table.name}")
            _insert_rows(connection, table, reference[table.name])


def parquet_source(paths: Sequence[Path], is_united: bool = False) -> str:
    """Returns what stands after FROM to read these Parquet files as one relation.

    Args:
        paths: The files.
        is_united: Whether some may lack columns of others: events of old runs are never rewritten.
    """
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], union_by_name = {str(is_united).lower()})"


def _batch_rows(batches: Sequence[Commit]) -> pa.Table:
    rows = [
        {
            "batch_id": entry.batch_id,
            "commit_sha256": entry.sha256,
            "code_version": entry.code_version,
            "capture_count": entry.capture_count,
        }
        for entry in batches
    ]
    return lake.rows_table(schema.BATCHES, rows)


def _insert_rows(connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table) -> None:
    connection.register("incoming", rows)
    _insert(connection, table, "incoming")
    connection.unregister("incoming")


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, source: str) -> None:
    connection.execute(f"INSERT INTO {table.name} BY NAME FROM {source}")


def _define_view(
    connection: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[Path]
) -> None:
    is_united = table in EVENT_TABLES
    source = parquet_source(paths, is_united) if paths else f"{table.name} LIMIT 0"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW loaded_{table.name} AS FROM {source}")
