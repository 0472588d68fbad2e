"""The published database as it stands at each moment, for a process that goes on for long.

DuckDB opens a file once in a process, by its path: who opens it again while somebody has it open
gets what stood there first. So each published file is opened by a name of its own, which no other
has while it is open.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse import engine
from warehouse.guard import QueryLimits, confine
from warehouse.home import Home
from warehouse.published import wal_of
from warehouse.query import open_database

_LIMITS = QueryLimits(memory="1GB")
_DESCRIPTORS = Path("/dev/fd") if sys.platform == "darwin" else Path("/proc/self/fd")


@dataclass(slots=True)
class _Opened:
    connection: duckdb.DuckDBPyConnection
    stamp: tuple[int, ...]
    descriptor: int | None
    users: int = 0


class LiveDatabase:
    """Gives connections to what is published, to any number of threads.

    Whoever has one keeps its snapshot; the next gets the newest. Nothing is ever locked against
    those who publish.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._newest: _Opened | None = None
        self._changing = threading.Lock()

    @contextmanager
    def connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Holds a connection that reads, and can reach nothing but this database.

        Raises:
            NoDatabase: Nothing has been published.
            DatabaseUnusable: The file is damaged.
        """
        with self._changing:
            opened = self._current()
            opened.users += 1
        try:
            with opened.connection.cursor() as cursor:
                yield cursor
        finally:
            with self._changing:
                opened.users -= 1
                if opened is not self._newest:
                    _close_unused(opened)

    def close(self) -> None:
        """Closes what is open."""
        with self._changing:
            if self._newest is not None:
                _close_unused(self._newest)
                self._newest = None

    def _current(self) -> _Opened:
        stamp = self._stamp()
        if self._newest is None or self._newest.stamp != stamp:
            fresh = self._open(stamp)
            if self._newest is not None:
                _close_unused(self._newest)
            self._newest = fresh
        return self._newest

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = os.stat(self.home.database)
        except FileNotFoundError:
            if self._newest is not None:
                _close_unused(self._newest)
                self._newest = None
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _open(self, stamp: tuple[int, ...]) -> _Opened:
        if stamp and not wal_of(self.home.database).exists():
            descriptor = os.open(self.home.database, os.O_RDONLY | os.O_CLOEXEC)
            try:
                path = _DESCRIPTORS / str(descriptor)
                spill = Path(tempfile.gettempdir()) / f"refworld-live-{os.getpid()}-{descriptor}"
                connection = engine.connect(path, spill, read_only=True)
                confine(connection, _LIMITS)
                return _Opened(connection, stamp, descriptor)
            except duckdb.Error:
                os.close(descriptor)
        connection = open_database(self.home)
        with suppress(duckdb.Error):  # a copy that is open already has been confined before
            confine(connection, _LIMITS)
        return _Opened(connection, stamp, None)


def _close_unused(opened: _Opened) -> None:
    if opened.users == 0:
        opened.connection.close()
        if opened.descriptor is not None:
            os.close(opened.descriptor)
            opened.descriptor = None
