"""Content digests: what tables hold, whatever the batches, files and places it lies in.

The canonical text of a row is the JSON array of its columns in order, placement columns left out:
dates and times in ISO 8601, times with six decimals and a `Z`, texts of over 1,000 characters as
`sha256:` and their SHA-256, so that one enormous text takes no enormous memory. The digest of a
capture is the SHA-256 of its rows' texts in order of the key, parted by line feeds; the digest of a
table is the SHA-256 of the lines `<capture_id> <digest of the capture>` in order of capture_id. The
rows of a capture always lie together: no more than one batch, or pack, is in memory at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from warehouse import engine
from warehouse.commits import Commit, read_commits
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES, Column, Table
from warehouse.sources import by_folder, derived_sources, parquet_source

_LONGEST_TEXT = 1000
_PREFIXES = "0123456789abcdef"
_CAPTURES_AT_ONCE = 2_000


def content_digests(home: Home) -> dict[str, str]:
    """Returns the digest of each derived table of the lake, by name, hex.

    Two homes that hold the same captures, read by the same code, have the same digests, however
    the captures came. Of a batch of an older schema they say what a database holds of it.

    Raises:
        CommitDamaged: A commit.json cannot be read.
        duckdb.Error: A Parquet file is missing or damaged.
    """
    with lake_connection(home) as connection:
        commits = read_commits(home)
        return {
            table.name: digest_of(lake_captures(connection, home, commits, table))
            for table in DERIVED_TABLES
        }


def database_digests(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Returns the digest of each derived table of a database, to compare with the lake's."""
    return {table.name: digest_of(database_captures(connection, table)) for table in DERIVED_TABLES}


def digest_of(captures: Mapping[str, str]) -> str:
    """Returns the digest of a table, given that of each of its captures."""
    digest = hashlib.sha256()
    for capture_id in sorted(captures):
        digest.update(f"{capture_id} {captures[capture_id]}\n".encode())
    return digest.hexdigest()


@contextmanager
def lake_connection(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens DuckDB for reading Parquet with bounded memory."""
    spill = home.staging / "digest-spill"
    with closing(engine.connect(None, spill, memory_limit=engine.buffer_size())) as connection:
        yield connection


def lake_captures(
    connection: duckdb.DuckDBPyConnection, home: Home, commits: Iterable[Commit], table: Table
) -> dict[str, str]:
    """Returns the digest of each capture's rows of a table of the lake, by capture_id."""
    groups = by_folder(commits)
    sources = (source for group in groups for source in derived_sources(home, group, table))
    return _capture_digests(connection, table, sources)


def parquet_captures(
    connection: duckdb.DuckDBPyConnection, paths: Iterable[Path], table: Table
) -> dict[str, str]:
    """Returns the digest of each capture's rows in Parquet files of a table, by capture_id."""
    return _capture_digests(connection, table, (parquet_source([path]) for path in paths))


def database_captures(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, str]:
    """Returns the digest of each capture's rows of a database's table, by capture_id."""
    found = connection.execute("SELECT count(*) FROM captures").fetchone()
    is_large = found is not None and found[0] > _CAPTURES_AT_ONCE * len(_PREFIXES)
    parts = _large_parts(connection, table) if is_large else _sixteenths(table.name, "")
    return _capture_digests(connection, table, parts)


def _sixteenths(source: str, prefix: str) -> Iterator[str]:
    """Yields the captures of a table whose ids begin so, a sixteenth at a time."""
    for more in _PREFIXES:
        yield f"(FROM {source} WHERE capture_id ^@ '{prefix}{more}')"


def _large_parts(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Yields a 256th at a time; each sixteenth is laid aside, so that not all is read as often.

    The texts that are put together for a digest are held in memory, and cannot be spilled.
    """
    for prefix, part in zip(_PREFIXES, _sixteenths(table.name, ""), strict=True):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE digested AS FROM {part}")
        yield from _sixteenths("digested", prefix)
    connection.execute("DROP TABLE digested")


def _capture_digests(
    connection: duckdb.DuckDBPyConnection, table: Table, parts: Iterable[str]
) -> dict[str, str]:
    """Returns the digest of each capture's rows; each of `parts` holds some captures whole."""
    columns = ", ".join(_canonical(c) for c in table.columns if not c.is_placement)
    text = f"CAST(json_array({columns}) AS VARCHAR)"
    rows = f"string_agg({text}, chr(10) ORDER BY {', '.join(table.key)})"
    digests: dict[str, str] = {}
    for part in parts:
        query = f"FROM {part} SELECT capture_id, sha256({rows}) GROUP BY capture_id"
        digests.update(connection.execute(query).fetchall())
    return digests


def _canonical(column: Column) -> str:
    if column.type == "timestamp":
        return f"strftime({column.name}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if column.type == "date":
        return f"strftime({column.name}, '%Y-%m-%d')"
    if column.type == "text":
        name = column.name
        long = f"length({name}) > {_LONGEST_TEXT}"
        return f"CASE WHEN {long} THEN 'sha256:' || sha256({name}) ELSE {name} END"
    return column.name
