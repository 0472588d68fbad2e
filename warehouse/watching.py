"""What those who watch a service ask of the database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from warehouse.home import Home
from warehouse.query import open_database, run_sql

_QUERIES = Path(__file__).with_name("queries") / "serving"


def run_rates(home: Home, run_id: str) -> dict[str, dict[str, float]]:
    """Returns what the new documents of a run have, by layout; of all of them under no name.

    Each has the number of `documents`, `blocks_each` and `statements_each` (mean numbers), and the
    share of documents, from 0 to 1, in which each value is known.
    """
    found: dict[str, dict[str, float]] = {}
    for row in _rows(home, "run_rates", {"run_id": run_id}):
        found.setdefault(row["layout"], {})[row["name"]] = row["value"]
    return found


def trends(home: Home, days: int) -> list[dict[str, Any]]:
    """Returns new documents, quarantined inputs and runs of the last days that had any."""
    return list(reversed(_rows(home, "trends", {"days": days})))


def issues_lately(home: Home, days: int) -> list[dict[str, Any]]:
    """Returns the issue codes of captures and inputs of the last days that had runs, by number."""
    return _rows(home, "issues_lately", {"days": days})


def fill_lately(home: Home, days: int) -> list[dict[str, Any]]:
    """Returns, by day, in what share of the new documents each value is known."""
    return list(reversed(_rows(home, "fill_lately", {"days": days})))


def _rows(home: Home, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    sql = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    with closing(open_database(home)) as database:
        result = run_sql(database, sql, parameters)
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]
