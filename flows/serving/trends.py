"""Trends, as Prefect shows them: a table and a picture of the last days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from warehouse.home import Home
from warehouse.watching import trends

_DAYS = 30


def publish(home: Home) -> None:
    """Creates the artifacts `trends` (a picture) and `trends-by-day` (its figures)."""
    rows = trends(home, _DAYS)
    create_markdown_artifact(
        key="trends", markdown=picture(rows), description="New documents by day."
    )
    create_table_artifact(
        key="trends-by-day",
        table=[{**row, "day": row["day"].isoformat()} for row in rows],
        description="New documents, quarantined inputs and runs by day.",
    )


def picture(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns new documents by day as a chart that Prefect's pages draw themselves (mermaid)."""
    days = ", ".join(f'"{row["day"]:%d %b}"' for row in rows)
    counts = ", ".join(str(row["new_documents"]) for row in rows)
    most = max((row["new_documents"] for row in rows), default=0) or 1
    return (
        "# New documents by day\n\n```mermaid\nxychart-beta\n"
        f'    x-axis [{days}]\n    y-axis "documents" 0 --> {most}\n    bar [{counts}]\n```\n'
    )
