"""Saved queries with their answers: one sealed folder of the lake each, events/query-<name>/.

They are of no run and not loaded into the database, so that saving one publishes nothing. What
verifies, copies and repairs the events does so with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse import lake
from warehouse.events import is_sealed, write_sealed_folder
from warehouse.home import Home
from warehouse.schema import SAVED_QUERIES, SAVED_ROWS

_PREFIX = "query-"


class NoSavedQuery(Exception):
    """Nothing is saved under a name, or something is that must not be written over."""


def save_query(home: Home, query: Mapping[str, Any], rows: Sequence[str]) -> None:
    """Writes a query and its answer, for good; the caller holds the writer lock.

    Args:
        home: The data home.
        query: Its row of `saved_queries`.
        rows: The answer's rows as JSON, sorted.

    Raises:
        NoSavedQuery: Another is saved under its name.
    """
    folder = f"{_PREFIX}{query['name']}"
    if is_sealed(home, folder):
        raise NoSavedQuery(f"a query is saved as {query['name']} already; give another name")
    tables = {
        SAVED_QUERIES.name: lake.rows_table(SAVED_QUERIES, [query]),
        SAVED_ROWS.name: lake.rows_table(
            SAVED_ROWS, ({"seq": seq, "row": row} for seq, row in enumerate(rows))
        ),
    }
    write_sealed_folder(home, folder, tables)


def saved_queries(home: Home) -> list[dict[str, Any]]:
    """Returns the rows of `saved_queries`, by name."""
    return [_query(home, path.name) for path in sorted(home.events.glob(f"{_PREFIX}*"))]


def saved_query(home: Home, name: str) -> tuple[dict[str, Any], list[str]]:
    """Returns a saved query and the rows of its answer.

    Raises:
        NoSavedQuery: There is none of this name.
    """
    folder = f"{_PREFIX}{name}"
    if not is_sealed(home, folder):
        raise NoSavedQuery(f"no query is saved as {name}; `refworld sql --saved` lists them")
    rows = lake.read_table(home.events / folder / f"{SAVED_ROWS.name}.parquet", ["row"])
    return _query(home, folder), rows.column("row").to_pylist()


def _query(home: Home, folder: str) -> dict[str, Any]:
    path = home.events / folder / f"{SAVED_QUERIES.name}.parquet"
    row: dict[str, Any] = lake.matched(SAVED_QUERIES, lake.read_table(path)).to_pylist()[0]
    return row
