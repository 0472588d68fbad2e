"""The full-text index: a file beside the database, built of one snapshot and replaced by rename.

Building costs more than publishing does, so it has a schedule of its own, and every answer says
of which snapshot it is. The file holds all that an answer shows; it is disposable, and nothing else
depends on it. DuckDB's extension for full-text search is loaded from its package, never fetched.

What is English, or of a language that nobody knows, is stemmed; what is of another is not: an index
of its own holds it. The ranking is Okapi BM25 (Robertson and Zaragoza, 2009), as the extension has
it.
"""

from __future__ import annotations

import fcntl
import importlib.resources
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from warehouse import disk, engine
from warehouse.home import Home
from warehouse.published import wal_of
from warehouse.query import open_database

INDEX_VERSION = 1
_QUERIES = Path(__file__).with_name("queries") / "searching"
_DRAFT = ".search-"
_MEMORY = 1_500_000_000
_SEPARATORS = r"[^\p{L}\p{N}]+"  # all that is neither letter nor digit parts words, in any script
# As the extension parts a text, but in two thirds of the time; what is empty is no word.
_TOKENS = (
    f"string_split(regexp_replace(lower(strip_accents(text)), '{_SEPARATORS}', ' ', 'g'), ' ')"
)
_TABLES = (("stemmed", "english", True), ("unstemmed", "none", False))


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """Of what an index is.

    Args:
        snapshot_id: The snapshot of the database.
        snapshot_number: Its number.
        published_at: When that was published, UTC.
        document_count: How many documents it holds.
        passage_count: In how many passages.
    """

    snapshot_id: str
    snapshot_number: int
    published_at: datetime
    document_count: int
    passage_count: int


class NoIndex(Exception):
    """There is no index that can be read; the message says what builds one."""


class NotSearchable(Exception):
    """The extension is not there, or does not fit; the message says what is lacking."""


def build_search_index(home: Home) -> IndexFacts:
    """Builds the index of what is published now, and puts it in the place of the last one.

    A second builder waits for the first. What a killed one has left is removed.

    Raises:
        NoDatabase: Nothing has been published.
        DatabaseUnusable: The database is damaged.
        NotSearchable: DuckDB's extension cannot be loaded.
        OSError: There is no space or permission.
    """
    disk.make_folder(home.root)
    with _building(home), closing(open_database(home)) as published:
        _clear(home)
        draft = home.root / f"{_DRAFT}{os.getpid()}.duckdb"
        try:
            facts = _build(published, draft)
            disk.sync_file(draft)
            disk.replace(draft, home.search_index)
        finally:
            _clear(home)
    return facts


def open_search_index(home: Home) -> duckdb.DuckDBPyConnection:
    """Opens the index for reading.

    Raises:
        NoIndex: There is none, it is damaged, or of another version of this program.
        NotSearchable: DuckDB's extension cannot be loaded.
    """
    build = f"`refworld search-index --data {home.root}` builds it"
    if not home.search_index.is_file():
        raise NoIndex(f"{home.root} has no search index yet: {build}")
    spill = Path(tempfile.gettempdir()) / f"refworld-search-{os.getpid()}"
    try:
        connection = engine.connect(home.search_index, spill, read_only=True)
    except duckdb.Error as error:
        raise NoIndex(f"{home.search_index} cannot be read: {error}; {build} anew") from error
    try:
        load_fts(connection)
        found = connection.execute("SELECT index_version FROM about").fetchone()
        if found != (INDEX_VERSION,):
            raise NoIndex(f"{home.search_index} is of another version of this program; {build}")
    except duckdb.Error as error:
        connection.close()
        raise NoIndex(f"{home.search_index} cannot be read: {error}; {build} anew") from error
    except BaseException:
        connection.close()
        raise
    return connection


def facts_of(connection: duckdb.DuckDBPyConnection) -> IndexFacts:
    """Returns of what an open index is."""
    row: Any = connection.execute(
        "SELECT snapshot_id, snapshot_number, published_at, document_count, passage_count"
        " FROM about"
    ).fetchone()
    return IndexFacts(*row)


def load_fts(connection: duckdb.DuckDBPyConnection) -> None:
    """Loads DuckDB's extension for full-text search from the package that carries it.

    Raises:
        NotSearchable: It is not installed, or is of another version of DuckDB.
    """
    try:
        package = importlib.resources.files("duckdb_extension_fts")
    except ModuleNotFoundError as error:
        raise NotSearchable("the package duckdb-extension-fts is not installed") from error
    path = package / "extensions" / f"v{duckdb.__version__}" / "fts.duckdb_extension"
    try:
        connection.execute(f"LOAD '{str(path).replace(chr(39), chr(39) * 2)}'")
    except duckdb.Error as error:
        raise NotSearchable(
            f"DuckDB {duckdb.__version__} does not take its full-text search: {error}"
        ) from error


def _build(published: duckdb.DuckDBPyConnection, draft: Path) -> IndexFacts:
    """Builds the index in a draft; what is taken of the database lies beside it meanwhile.

    The passages come into the draft last, in the room that their indexes have left.
    """
    work = draft.with_name(f"{draft.name}.work")
    with closing(engine.connect(None, Path(f"{draft}.spill"), memory_limit=_MEMORY)) as connection:
        load_fts(connection)
        connection.execute(f"ATTACH {_quoted(_file_of(published))} AS published (READ_ONLY)")
        connection.execute(f"ATTACH {_quoted(work)} AS work")
        connection.execute(f"ATTACH {_quoted(draft)} AS found")
        connection.execute("USE published")
        for name in ("documents", "passages"):
            connection.execute(_sql(name))
        connection.execute(_sql("about"), {"version": INDEX_VERSION})
        connection.execute("USE found")
        connection.execute("DETACH published")
        for table, stemmer, is_stemmed in _TABLES:
            _index(connection, table, stemmer, is_stemmed)
        for table in ("about", "documents", "passages"):
            connection.execute(f"CREATE TABLE {table} AS FROM work.{table}")
        facts = facts_of(connection)
        connection.execute("CHECKPOINT found")
    return facts


def _index(
    connection: duckdb.DuckDBPyConnection, table: str, stemmer: str, is_stemmed: bool
) -> None:
    """Indexes the passages that are stemmed, or those that are not."""
    # The extension lays out an index of nothing. It would stem each word wherever it stands, and
    # leave them in the order of the texts; filled like this it is built in a fifth of the time.
    connection.execute(f"CREATE TABLE {table} (passage_id BIGINT, text VARCHAR)")
    connection.execute(
        f"PRAGMA create_fts_index('{table}', 'passage_id', 'text', stemmer='{stemmer}',"
        f" stopwords='{stemmer}', ignore='{_SEPARATORS}')"
    )
    connection.execute(f"ALTER TABLE {table} DROP COLUMN text")
    known = {
        "table": table,
        "stemmer": stemmer,
        "is_stemmed": str(is_stemmed),
        "tokens": _TOKENS,
    }
    for name in ("indexed", "words", "terms", "dict", "docs", "stats"):
        connection.execute(Template(_sql(name)).substitute(known))
    connection.execute("DROP TABLE words")
    connection.execute("CHECKPOINT found")


def _file_of(published: duckdb.DuckDBPyConnection) -> Path:
    """Returns the file that an open database is, which may be a copy of what was published."""
    row: Any = published.execute(
        "SELECT path FROM duckdb_databases() WHERE NOT internal AND path IS NOT NULL"
    ).fetchone()
    return Path(row[0])


@contextmanager
def _building(home: Home) -> Iterator[None]:
    """Holds the right to build, by a lock of the operating system that dies with the process."""
    descriptor = os.open(home.search_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear(home: Home) -> None:
    """Removes drafts; to be called by the one who builds."""
    for path in home.root.glob(f"{_DRAFT}*"):
        with suppress(OSError):
            disk.remove_tree(path)
    wal = wal_of(home.search_index)
    if wal.exists():
        disk.remove_file(wal)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _sql(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
