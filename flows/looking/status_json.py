"""`refworld status --json`: the state of a home as one JSON object, for programs that watch it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

import typer

from flows.looking.cells import json_value
from flows.looking.homes import object_sizes
from flows.looking.opened import opened
from flows.looking.status import sizes_of, writer_in_words
from flows.outcomes import ALL_WELL
from warehouse.browsing import snapshot
from warehouse.home import Home
from warehouse.query import latest_runs, status_rows

_RUNS = 5
_OF_A_RUN = (
    "run_id", "kind", "state", "started_at", "ended_at", "duration_seconds", "input_count",
    "new_count", "unchanged_count", "duplicate_count", "not_a_document_count",
    "quarantined_count", "passed_over_count", "error",
)  # fmt: skip


def status_json_command(home: Home) -> int:
    """Prints the object and returns the exit code.

    Its keys stay: `home`, `writer`, `snapshot` (null while nothing is published), `captures`,
    `documents` and `issues` (numbers by outcome, layout and code), `runs` (the last first),
    `files` (number and bytes by part) and `free_bytes`.
    """
    found: dict[str, Any] = {
        "home": home.name,
        "writer": writer_in_words(home),
        "snapshot": None,
        "captures": {},
        "documents": {},
        "issues": {},
        "runs": [],
        "files": _files(home),
        "free_bytes": shutil.disk_usage(home.root).free if home.root.exists() else None,
    }
    if os.path.lexists(home.database):
        with opened(home) as database:
            rows, runs = status_rows(database), latest_runs(database, _RUNS)
            found["snapshot"] = snapshot(database)
        for kind in ("captures", "documents", "issues"):
            found[kind] = _counts(rows, kind)
        found["runs"] = [{key: run[key] for key in _OF_A_RUN} for run in runs]
    typer.echo(json.dumps(json_value(found), ensure_ascii=False))
    return ALL_WELL


def _counts(rows: Iterable[Mapping[str, Any]], kind: str) -> dict[str, int]:
    return {row["name"] or "": row["row_count"] for row in rows if row["kind"] == kind}


def _files(home: Home) -> dict[str, dict[str, int]]:
    sizes = object_sizes(home) if home.address is not None else sizes_of(home)
    return {name: {"count": count, "bytes": size} for name, (count, size) in sizes.items()}
