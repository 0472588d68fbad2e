"""Reading the published database, for the command line; Arrow stays out, to answer at once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import ddl, disk, engine
from warehouse.home import Home
from warehouse.naming import explaining
from warehouse.published import copy_published, is_as_published, wal_of

_QUERIES = Path(__file__).with_name("queries")
_CONTEXT = 60
_FETCH = 1000
_TRIES = 3
# What DuckDB raises when it comes upon a page that is not as it was written, among others.
_DAMAGE = (
    duckdb.IOException,
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.SerializationException,
)


class NoDatabase(Exception):
    """There is no database to read yet; the message says how one comes to be."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gives: names of the columns, DuckDB's types of them, and the rows in turn."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class DatabaseUnusable(Exception):
    """The published database is damaged, or held by somebody; the message says what mends it."""


def open_database(home: Home) -> duckdb.DuckDBPyConnection:
    """Opens the published database for reading; what is published later is not seen.

    When another program has opened the file for writing, which locks all others out, or has left
    a log beside it, a copy of it is opened that is certain to be what was published.

    Raises:
        NoDatabase: Nothing has been published in this home.
        DatabaseUnusable: The file is damaged, or another program has changed it.
    """
    if not os.path.lexists(home.database):
        has_lake = any(home.derived.glob("*"))
        making = "rebuild --database" if has_lake else "ingest SOURCE"
        raise NoDatabase(
            f"{home.name} has no database yet: `refworld {making} --data {home.name}` makes it"
        )
    if not home.database.is_file():
        raise DatabaseUnusable(_mending(home, "it is no file"))
    if wal_of(home.database).exists():
        return _open_private(home, "another program writes to it")
    spill = Path(tempfile.gettempdir()) / f"refworld-spill-{os.getpid()}"
    try:
        return engine.connect(home.database, spill, read_only=True)
    except duckdb.Error as error:
        return _open_private(home, str(error))


def words_of(error: Exception, home: Home) -> str:
    """Returns what a person needs to know when a question to the database fails."""
    words = "\n".join([str(error), *getattr(error, "__notes__", ())])
    if isinstance(error, _DAMAGE) and not is_as_published(home):
        return _mending(home, str(error))
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException)) and is_database_older(
        home
    ):
        return (
            f"{words}\n{home.database} was published by another version of this program; the next "
            f"ingest, or `refworld rebuild --database --data {home.root}`, brings it up to date."
        )
    return words


def is_of_other_schema(connection: duckdb.DuckDBPyConnection) -> bool:
    """Returns whether a database has other tables, views or macros than this code makes.

    Raises:
        duckdb.Error: The file is damaged.
    """
    try:
        found = connection.execute("SELECT schema_sha256()").fetchone()
    except duckdb.CatalogException:
        return True
    return found != (ddl.schema_sha256(),)


def is_database_older(home: Home) -> bool:
    """Returns whether there is a database, readable and of another schema than this code makes."""
    try:
        with closing(open_database(home)) as connection:
            return is_of_other_schema(connection)
    except (NoDatabase, DatabaseUnusable, duckdb.Error):
        return False


def _open_private(home: Home, reason: str) -> duckdb.DuckDBPyConnection:
    """Opens a copy of the published database, of which nothing is left when it is closed."""
    folder = disk.make_draft_folder(Path(tempfile.gettempdir()), "refworld-copy")
    try:
        copy = folder / home.database.name
        for _ in range(_TRIES):
            if copy_published(home, copy):
                return engine.open_copy(copy)
    except (OSError, duckdb.Error) as error:
        reason = f"{reason}; nor can a copy of it be read: {error}"
    finally:
        disk.remove_tree(folder)
    raise DatabaseUnusable(_mending(home, reason))


def _mending(home: Home, reason: str) -> str:
    return (
        f"{home.database} cannot be read as it was published: {reason}\n"
        f"`refworld rebuild --database --data {home.root}` builds it anew; nothing else depends "
        "on it."
    )


def run_sql(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None
) -> Result:
    """Returns what a statement gives; rows come as they are taken.

    Raises:
        duckdb.Error: The statement is wrong, or would write.
    """
    with explaining(connection, sql):
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
    with explaining(connection, sql):
        answer = connection.sql(sql)
    answer.write_parquet(str(path), compression="zstd")


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
    media type, layout, charset, address, time of capture, WARC file and offset of the capture, the
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


def cite_rows(connection: duckdb.DuckDBPyConnection, document_id: str) -> list[dict[str, Any]]:
    """Returns the versions of a document, best first, with what a citation needs.

    Each has the columns of `document_versions`, `publisher_kind`, address, time, digest and place
    of its capture, `known_from`, and `later_capture_ids`, the captures after it with other words.
    """
    return _dicts(connection, "cite_rows", {"document_id": document_id})


def evidence_versions(
    connection: duckdb.DuckDBPyConnection, document_id: str
) -> list[dict[str, Any]]:
    """Returns the versions of a document, best first, with all that proves them.

    Each has what `cite_rows` gives, the other columns of its capture, batch and commit, the
    `code_version` that read it, `known_by`, and `is_unhcr_publication` of the document.
    """
    return _dicts(connection, "evidence_versions", {"document_id": document_id})


def evidence_rows(
    connection: duckdb.DuckDBPyConnection, capture_id: str, warc_file: str
) -> dict[str, list[dict[str, Any]]]:
    """Returns what is recorded of a capture: `statements`, `acquisitions` and `checks` of its file.

    Acquisitions and checks have `code_version` of their run; acquisitions also `run_kind`,
    `started_at`, `ended_at` and `state` of it.
    """
    of_capture = {"capture_id": capture_id}
    return {
        "statements": _dicts(connection, "evidence_statements", of_capture),
        "acquisitions": _dicts(connection, "evidence_acquisitions", of_capture),
        "checks": _dicts(connection, "evidence_checks", {"warc_file": warc_file}),
    }


def current_snapshot(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Returns the row of `snapshots` that a database is.

    Raises:
        NoDatabase: It has never been published.
    """
    rows = _dicts(connection, "current_snapshot", {})
    if not rows:
        raise NoDatabase("the database holds no snapshot: `refworld ingest SOURCE` publishes one")
    return rows[0]


def compared_document(connection: duckdb.DuckDBPyConnection, id_: str) -> list[dict[str, Any]]:
    """Returns the versions that an id may mean: a document's best, or captures by a beginning.

    Each has document_id, capture_id, title and publication_date.
    """
    return _dicts(connection, "compared_document", {"id": id_})


def sections_of(connection: duckdb.DuckDBPyConnection, capture_id: str) -> list[dict[str, Any]]:
    """Returns the sections of a capture in order: heading, text."""
    return _dicts(connection, "sections_of", {"capture_id": capture_id})


def captures_since(connection: duckdb.DuckDBPyConnection, number: int) -> list[str]:
    """Returns the ids of the captures that came with a later snapshot than this, ascending."""
    rows = _dicts(connection, "captures_since", {"number": number})
    return [row["capture_id"] for row in rows]


def captures_of_documents(
    connection: duckdb.DuckDBPyConnection, document_ids: list[str]
) -> list[str]:
    """Returns the ids of all captures of these documents, ascending."""
    rows = _dicts(connection, "captures_of_documents", {"document_ids": document_ids})
    return [row["capture_id"] for row in rows]


def recipe_rows(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Returns the cookbook: name, title, question and sql of each recipe, by name."""
    return _dicts(connection, "recipe_rows", {})


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
