"""Loading what a database lacks of the lake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
from warehouse.sources import completed_source, derived_sources
from warehouse.sources import parquet_source as parquet_source

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
            for source in derived_sources(home, share, table):
                _insert(connection, table, source)
        _insert_rows(connection, schema.BATCHES, _batch_rows(share))
        connection.commit()
        yield share


def load_events(connection: duckdb.DuckDBPyConnection, home: Home, run_ids: Sequence[str]) -> None:
    """Puts what these runs recorded into the tables."""
    for table in EVENT_TABLES:
        if paths := table_paths(home, run_ids, table.name):
            _insert(connection, table, completed_source(table, paths))


def load_records(connection: duckdb.DuckDBPyConnection, home: Home, folders: Sequence[str]) -> None:
    """Puts the snapshots and superseded readings of these folders of events into the tables."""
    for table in (*SNAPSHOT_TABLES, SUPERSEDED_READINGS):
        if paths := table_paths(home, folders, table.name):
            _insert(connection, table, completed_source(table, paths))


def show_loaded(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    batches: Sequence[Commit],
    run_ids: Sequence[str],
) -> None:
    """Makes a view `loaded_<table>` of each table, with what of the lake was loaded into it."""
    for table in DERIVED_TABLES:
        _define_view(connection, table, derived_sources(home, batches, table))
    for table in EVENT_TABLES:
        paths = table_paths(home, run_ids, table.name)
        _define_view(connection, table, [completed_source(table, paths)])


def replace_reference(
    connection: duckdb.DuckDBPyConnection, reference: Mapping[str, pa.Table]
) -> None:
    """Puts other rows in the place of those of reference tables."""
    for table in schema.TABLES:
        if table.name in reference:
            connection.execute(f"TRUNCATE {table.name}")
            _insert_rows(connection, table, reference[table.name])


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
    connection: duckdb.DuckDBPyConnection, table: Table, sources: Sequence[str]
) -> None:
    rows = " UNION ALL BY NAME ".join(f"FROM {source}" for source in sources)
    query = rows or f"FROM {table.name} LIMIT 0"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW loaded_{table.name} AS {query}")
