"""What a query of a stranger may do: read the database, within limits of memory and time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

_SPILL_LIMIT = "10GB"
# Within one call of a function DuckDB does not look up; then only the process can be ended.
_GRACE = 15.0


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How far a query may go.

    Args:
        memory: Size of DuckDB's buffers, as `2GB`.
        seconds: Time until it is interrupted.
        is_external: Whether it may read and write files, attach databases and load extensions.
    """

    memory: str = "2GB"
    seconds: float = 300.0
    is_external: bool = False


class TimeOver(Exception):
    """A query was interrupted, because its time was over."""


def confine(
    connection: duckdb.DuckDBPyConnection, limits: QueryLimits, output: Path | None = None
) -> None:
    """Sets the limits, and locks them so that no query can lift them.

    Args:
        connection: A database opened for reading.
        limits: How far queries may go.
        output: The one file that may be written even so.

    Raises:
        duckdb.Error: The size of the memory is none.
    """
    connection.execute(f"SET memory_limit = {_quoted(limits.memory)}")
    connection.execute(f"SET max_temp_directory_size = {_quoted(_SPILL_LIMIT)}")
    if not limits.is_external:
        if output:
            connection.execute(f"SET allowed_paths = [{_quoted(str(output.absolute()))}]")
        connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


@contextmanager
def time_limit(
    connection: duckdb.DuckDBPyConnection, seconds: float, on_stuck: Callable[[], None]
) -> Iterator[None]:
    """Interrupts what the connection does in the block when its time is over.

    Args:
        connection: The database.
        seconds: The time.
        on_stuck: Called before the process is ended, with code 2, because a query that was
            interrupted does not stop.

    Raises:
        TimeOver: The time is over.
    """
    is_over, is_done = threading.Event(), threading.Event()

    def watch() -> None:
        if not is_done.wait(seconds):
            is_over.set()
            connection.interrupt()
            if not is_done.wait(_GRACE):
                on_stuck()
                os._exit(2)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    except duckdb.InterruptException as error:
        if is_over.is_set():
            raise TimeOver(_words(seconds)) from error
        raise
    finally:
        is_done.set()


def _words(seconds: float) -> str:
    return f"The query was stopped after {seconds:g} s; --timeout SECONDS gives it longer."


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
