"""`refworld snapshots`: the states that were published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer

from flows.looking.opened import opened
from flows.outcomes import ALL_WELL
from flows.printable import printable
from flows.quantities import counted
from warehouse.home import Home
from warehouse.query import snapshot_rows

_RUNS = 3


def snapshots_command(home: Home, as_json: bool) -> int:
    """Prints the published states, the last first; returns the exit code."""
    with opened(home) as database:
        rows = snapshot_rows(database)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, default=str))
        return ALL_WELL
    typer.echo(
        f"{'number':>6}  snapshot_id       published (UTC)      captures  documents  new in it"
    )
    for row in rows:
        typer.echo(
            f"{row['number']:>6}  {row['snapshot_id']}  {row['published_at']:%Y-%m-%d %H:%M:%S}"
            f"  {row['capture_count']:>8}  {row['document_count']:>9}  {_new(row)}"
        )
    return ALL_WELL


def _new(row: Mapping[str, Any]) -> str:
    runs = row["new_runs"]
    more = [f"{len(runs) - _RUNS} more runs"] if len(runs) > _RUNS else []
    batches = counted(row["new_batch_count"], "batch", "batches")
    return printable(", ".join([batches, *runs[:_RUNS], *more]))
