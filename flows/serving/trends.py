"""Trends, as Prefect shows them: tables and a picture of the last days."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from prefect.artifacts import (
    create_image_artifact,
    create_markdown_artifact,
    create_table_artifact,
)

from flows.markdown import cell
from warehouse.home import Home
from warehouse.watching import fill_lately, issues_lately, trends

_DAYS = 30
_WIDTH, _HEIGHT, _MARGIN = 900, 260, 36

Rows = Sequence[Mapping[str, Any]]


def publish(home: Home) -> None:
    """Creates the artifacts `trends`, `trends-picture` and `trends-by-day`."""
    rows = trends(home, _DAYS)
    create_markdown_artifact(
        key="trends",
        markdown=page(rows, issues_lately(home, _DAYS), fill_lately(home, _DAYS)),
        description="New documents by day, issues by code, values known by field.",
    )
    packed = base64.b64encode(picture(rows).encode()).decode()
    create_image_artifact(
        key="trends-picture",
        image_url=f"data:image/svg+xml;base64,{packed}",
        description="New documents by day.",
    )
    create_table_artifact(
        key="trends-by-day",
        table=[{**row, "day": row["day"].isoformat()} for row in rows],
        description="New documents, quarantined inputs and runs by day.",
    )


def page(days: Rows, issues: Rows, fill: Rows) -> str:
    """Returns the trends as markdown: three tables."""
    fields = [name for name in fill[0] if name not in ("day", "documents")] if fill else []
    return "\n\n".join(
        [
            "# The last days",
            "## Documents by day",
            _table(
                ("day", "new documents", "quarantined", "runs"),
                [
                    (row["day"], row["new_documents"], row["quarantined"], row["runs"])
                    for row in days
                ],
            ),
            "## Issues by code",
            _table(
                ("code", "severity", "count", "last on"),
                [(row["code"], row["severity"], row["count"], row["last_day"]) for row in issues],
            ),
            "## Values known, in percent of the new documents",
            _table(
                ("day", *fields),
                [(row["day"], *(f"{100 * row[name]:.0f}" for name in fields)) for row in fill],
            ),
        ]
    )


def picture(rows: Rows) -> str:
    """Returns new documents by day as an image (SVG): a bar for each day, with its number."""
    most = max((row["new_documents"] for row in rows), default=0) or 1
    step = (_WIDTH - 2 * _MARGIN) / max(len(rows), 1)
    room = _HEIGHT - 2 * _MARGIN
    bars = []
    for number, row in enumerate(rows):
        tall = room * row["new_documents"] / most
        middle, wide = _MARGIN + step * (number + 0.5), min(step * 0.8, 60)
        bars.append(
            f'<rect x="{middle - wide / 2:.1f}" y="{_HEIGHT - _MARGIN - tall:.1f}" '
            f'width="{wide:.1f}" height="{tall:.1f}" fill="#0b5394"/>'
            f'<text x="{middle:.1f}" y="{_HEIGHT - _MARGIN - tall - 5:.1f}" '
            f'text-anchor="middle">{row["new_documents"]:,}</text>'
            f'<text x="{middle:.1f}" y="{_HEIGHT - _MARGIN + 16}" text-anchor="middle">'
            f"{escape(format(row['day'], '%d %b'))}</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="11">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>'
        f'<text x="{_MARGIN}" y="18" font-size="14">New documents by day</text>'
        + "".join(bars)
        + "</svg>"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        return "None."
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += [f"| {' | '.join(cell(str(value)) for value in row)} |" for row in rows]
    return "\n".join(lines)
