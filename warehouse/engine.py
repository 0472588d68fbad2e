"""How DuckDB is opened: nothing fetched from anywhere, memory bounded where it must be."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

_BOUND = 400_000_000
_BYTES_PER_ROW = 6
_MAX_THREADS = 4
_SPILL = "copy-spill"


def buffer_size(row_count: int = 0) -> int:
    """Returns the size of DuckDB's buffers, in bytes, for work on tables of so many rows in all.

    With what DuckDB holds beside its buffers a process stays below 1 GB up to fifty million rows;
    beyond, the primary keys of captures and documents need more, because DuckDB keeps them in
    memory while rows are added.
    """
    return max(_BOUND, row_count * _BYTES_PER_ROW)


def set_buffers(connection: duckdb.DuckDBPyConnection, row_count: int) -> None:
    """Sets the size of the buffers for tables of so many rows in all."""
    connection.execute(f"SET memory_limit = '{buffer_size(row_count)}B'")


def connect(
    path: Path | None, spill: Path, read_only: bool = False, memory_limit: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Opens a database file, or one in memory when there is no path.

    Args:
        path: The file.
        spill: Folder for what does not fit in memory; made by DuckDB when it needs it.
        read_only: Whether the file is only to be read.
        memory_limit: Size of DuckDB's buffers in bytes; its own default, four fifths of the memory,
            serves what a person asks.

    Raises:
        duckdb.Error: The file cannot be opened, is no database, or another process writes to it.
    """
    if path and "?" in str(path):
        # It takes the rest of such a path for parameters, and puts its log somewhere else.
        raise duckdb.IOException(f"DuckDB keeps no database below a folder with a '?': {path}")
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "threads": min(_MAX_THREADS, os.cpu_count() or 1),
        "temp_directory": str(spill),
    }
    if memory_limit:
        config["memory_limit"] = f"{memory_limit}B"
        # No table has an order of its own: rows are put in by all threads at once.
        config["preserve_insertion_order"] = False
    place = str(path) if path else ":memory:"
    connection = duckdb.connect(place, read_only=read_only, config=config)
    # A worker process looks to DuckDB like a person at a prompt, who is shown a bar.
    connection.execute("SET enable_progress_bar = false")
    return connection


def open_copy(path: Path) -> duckdb.DuckDBPyConnection:
    """Opens a database file of this process's own for reading, spilling beside it.

    Raises:
        duckdb.Error: The file is damaged.
    """
    return connect(path, path.with_name(_SPILL), read_only=True, memory_limit=buffer_size())
