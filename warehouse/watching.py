"""What those who watch a service ask of the database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from warehouse.home import Home
from warehouse.query import open_database, run_sql

_QUERIES = Path(__file__).with_name("queries") / "serving"


def run_rates(home: Home, run_id: str) -> dict[str, float]:
    """Returns the number of new `documents` of a run, and the share of them with each value."""
    return {row["name"]: row["value"] for row in _rows(home, "run_rates", {"run_id": run_id})}


def trends(home: Home, days: int) -> list[dict[str, Any]]:
    """Returns new documents, quarantined inputs and runs of the last days that had any."""
    return list(reversed(_rows(home, "trends", {"days": days})))


def _rows(home: Home, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    sql = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    with closing(open_database(home)) as database:
        result = run_sql(database, sql, parameters)
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]
