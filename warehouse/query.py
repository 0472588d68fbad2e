"""Reading the published database, for the command line; Arrow stays out, to answer at once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import engine
from warehouse.home import Home

_QUERIES = Path(__file__).with_name("queries")
_CONTEXT = 60
_FETCH = 1000


class NoDatabase(Exception):
    """There is no database to read yet; the message says how one comes to be."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gives: names of the columns, DuckDB's types of them, and the rows in turn."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def open_database(home: Home) -> duckdb.DuckDBPyConnection:
    """Opens the published database for reading; what is published later is not seen.

    Raises:
        NoDatabase: Nothing has been published in this home.
        duckdb.Error: The file is damaged, or another process writes to it.
    """
    if not home.database.is_file():
        raise NoDatabase(
            f"{home.root} has no database yet: `refworld ingest SOURCE --data {home.root}` makes it"
        )
    spill = Path(tempfile.gettempdir()) / f"refworld-spill-{os.getpid()}"
    return engine.connect(home.database, spill, read_only=True)


def run_sql(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None
) -> Result:
    """Returns what a statement gives; rows come as they are taken.

    Raises:
        duckdb.Error: The statement is wrong, or would write.
    """
    cursor = connection.execute(sql, parameters)
    described = cursor.description or []
    return Result(
        columns=tuple(column[0] for column in described),
        types=tuple(str(column[1]) for column in described),
        rows=_rows(cursor),
    )


def write_parquet(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    """Writes what a query gives to a Parquet file, without holding it in memory.

    Raises:
        duckdb.Error: The query is wrong, or the file cannot be written.
    """
    connection.sql(sql).write_parquet(str(path), compression="zstd")


def documents_by_id(
    connection: duckdb.DuckDBPyConnection, document_id: str
) -> list[dict[str, Any]]:
    """Returns the versions of a document, best first; none when there is no such document."""
    return _dicts(connection, "documents_by_id", {"document_id": document_id})


def blocks_of(connection: duckdb.DuckDBPyConnection, capture_id: str) -> list[dict[str, Any]]:
    """Returns the blocks of a capture in order: seq, kind, level, section_seq, text."""
    return _dicts(connection, "blocks_of", {"capture_id": capture_id})


def trace_rows(
    connection: duckdb.DuckDBPyConnection, document_id: str, field: str | None = None
) -> list[dict[str, Any]]:
    """Returns the statements of a document's best version with the way back to their bytes.

    Each has the columns of `statements`, the words `before` and `after` in the rendition, digest,
    media type, charset, address, time of capture, WARC file and offset of the capture, the
    `code_version` that read it, and `run_ids`, the runs that saw it.

    Args:
        connection: The published database.
        document_id: The document.
        field: Only statements about this field.
    """
    parameters = {"document_id": document_id, "field": field, "context": _CONTEXT}
    return _dicts(connection, "trace_rows", parameters)


def snapshot_rows(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Returns the snapshots, last first, each with the batches and runs that are new in it."""
    return _dicts(connection, "snapshot_rows", {})


def version_rows(connection: duckdb.DuckDBPyConnection, document_id: str) -> list[dict[str, Any]]:
    """Returns the captures that are, or were once read as, a document, with their clocks."""
    return _dicts(connection, "version_rows", {"document_id": document_id})


def reading_rows(connection: duckdb.DuckDBPyConnection, document_id: str) -> list[dict[str, Any]]:
    """Returns each reading of those captures, by capture and in the order of publishing.

    Each has `number` and `published_at` of the snapshot it came with, `code_version`, `outcome`,
    `is_current`, and the columns of `document_versions`, null where it was read as no document.
    """
    return _dicts(connection, "reading_rows", {"document_id": document_id})


def status_rows(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Returns how much there is of what: kind (captures, documents, issues), name, row_count."""
    return _dicts(connection, "status_rows", {})


def latest_runs(connection: duckdb.DuckDBPyConnection, limit: int) -> list[dict[str, Any]]:
    """Returns the rows of `runs` of the latest runs, last first."""
    return _dicts(connection, "latest_runs", {"limit": limit})


def _dicts(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    sql = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    result = run_sql(connection, sql, parameters)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_FETCH):
        yield from rows
