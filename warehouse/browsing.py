"""What a page that shows the archive asks of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.query import run_sql

_QUERIES = Path(__file__).with_name("queries") / "browsing"
FACETS = ("country", "language", "publisher", "tier", "type")
ORDERS = ("title", "newest", "oldest", "longest")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """Which documents are wanted; None and nothing want all.

    Args:
        title: Words of the title, as they stand there but for their case.
        publisher: A publisher's id.
        country: An ISO 3166 code.
        type: A document type, as printed.
        language: An ISO 639-1 code.
        first_year: The first year of publication.
        last_year: The last one.
        tier: The tier that the document places a country in.
    """

    title: str | None = None
    publisher: str | None = None
    country: str | None = None
    type: str | None = None
    language: str | None = None
    first_year: int | None = None
    last_year: int | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of the documents that fit, and how many fit in all."""

    documents: Sequence[Row]
    found_count: int


def listing(
    connection: duckdb.DuckDBPyConnection,
    filters: DocumentFilters,
    order: str = ORDERS[0],
    limit: int = 25,
    offset: int = 0,
) -> Listing:
    """Returns a page of the documents that fit; an order that is none is by title."""
    parameters = {**asdict(filters), "sorted": order, "limit": limit, "offset": offset}
    rows = rows_of(connection, "listing", parameters)
    if not rows and offset:
        first = rows_of(connection, "listing", {**parameters, "limit": 1, "offset": 0})
        return Listing((), first[0]["found_count"] if first else 0)
    return Listing(rows, rows[0]["found_count"] if rows else 0)


def facets(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Row]]:
    """Returns the choices by facet: value, label and number of documents of each."""
    found: dict[str, list[Row]] = {facet: [] for facet in FACETS}
    for row in rows_of(connection, "facets"):
        found[row["facet"]].append(row)
    return found


def text_blocks(
    connection: duckdb.DuckDBPyConnection, capture_id: str, char_start: int, char_end: int
) -> list[Row]:
    """Returns the blocks that have a part between two characters of the rendition."""
    span = {"capture_id": capture_id, "char_start": char_start, "char_end": char_end}
    return rows_of(connection, "text_blocks", span)


def headings(connection: duckdb.DuckDBPyConnection, capture_id: str) -> list[Row]:
    """Returns the first 300 headings of a capture."""
    return rows_of(connection, "headings", {"capture_id": capture_id})


def statements_of(connection: duckdb.DuckDBPyConnection, capture_id: str) -> list[Row]:
    """Returns the statements of a capture."""
    return rows_of(connection, "statements_of", {"capture_id": capture_id})


def capture_of(connection: duckdb.DuckDBPyConnection, capture_id: str) -> Row | None:
    """Returns a capture with its code version, its runs and the length of its rendition."""
    return next(iter(rows_of(connection, "capture_of", {"capture_id": capture_id})), None)


def issues_of(connection: duckdb.DuckDBPyConnection, capture_id: str) -> list[Row]:
    """Returns what is odd about a capture, with what the codes mean."""
    return rows_of(connection, "issues_of", {"capture_id": capture_id})


def years(
    connection: duckdb.DuckDBPyConnection,
    country: str | None = None,
    first_year: int | None = None,
    last_year: int | None = None,
    publishers: int = 8,
) -> list[Row]:
    """Returns the number of documents by year and publisher, of the largest publishers by name."""
    asked = {"country": country, "first_year": first_year, "last_year": last_year}
    return rows_of(connection, "years", {**asked, "publishers": publishers})


def tiers(
    connection: duckdb.DuckDBPyConnection,
    country: str | None = None,
    first_year: int | None = None,
    last_year: int | None = None,
) -> list[Row]:
    """Returns the tier of each country in each year."""
    asked = {"country": country, "first_year": first_year, "last_year": last_year}
    return rows_of(connection, "tiers", asked)


def fill_rates(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Returns in what share of the documents of each layout each value is known."""
    return rows_of(connection, "fill_rates")


def snapshot(connection: duckdb.DuckDBPyConnection) -> Row | None:
    """Returns the snapshot that the database is."""
    return next(iter(rows_of(connection, "snapshot")), None)


def dictionary_rows(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Returns the columns of all tables and views."""
    return rows_of(connection, "dictionary_rows")


def rows_of(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any] | None = None
) -> list[Row]:
    """Returns the rows of one of the queries of this page."""
    result = run_sql(connection, _sql(name), parameters or {})
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


@cache
def _sql(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
