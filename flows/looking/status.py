"""`refworld status`: what the archive holds, how its last runs went, and what is odd."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.looking.homes import object_sizes, published_at, writer_of_objects
from flows.looking.opened import opened
from flows.outcomes import ALL_WELL
from flows.printable import printable, shortened
from flows.quantities import counted, human_bytes
from transforms.issue_codes import ISSUE_CODES
from warehouse.home import Home
from warehouse.query import latest_runs, status_rows

_RUNS = 5
_ERROR = 120

Row = Mapping[str, Any]


def status_command(home: Home) -> int:
    """Prints the state of a data home and returns the exit code."""
    console = Console(highlight=False, markup=False)
    console.print(Text(f"Data home {printable(home.name)}", "bold"), soft_wrap=True)
    console.print(Text(writer_in_words(home)), soft_wrap=True)
    if not os.path.lexists(home.database):
        console.print("Nothing is published yet: refworld ingest SOURCE...")
        return ALL_WELL
    with opened(home) as database:
        rows, runs = status_rows(database), latest_runs(database, _RUNS)
    _print_counts(console, rows)
    _print_runs(console, runs)
    _print_issues(console, [row for row in rows if row["kind"] == "issues"])
    _print_disk(console, home)
    return ALL_WELL


def writer_in_words(home: Home) -> str:
    """Returns who writes to the home now, by its lock rather than by what is written in it."""
    if home.address is not None:
        return writer_of_objects(home)
    try:
        with home.lock.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return "Nothing is writing to it."
    except FileNotFoundError:
        return "Nothing has been written to it."
    except BlockingIOError:
        return f"Being written to by {_holder(home.lock)}."


def _holder(lock: Path) -> str:
    try:
        holder = json.loads(lock.read_bytes())
        said = f"process {holder['pid']} on {holder['host']} since {holder['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "a process that has not said its name"
    return printable(said)


def _print_counts(console: Console, rows: Iterable[Row]) -> None:
    for kind in ("captures", "documents"):
        counts = {row["name"]: row["row_count"] for row in rows if row["kind"] == kind}
        parts = ", ".join(f"{name or 'none'} {count}" for name, count in counts.items())
        console.print(f"{kind:<10}{sum(counts.values()):>9}   {parts}", soft_wrap=True)


def _print_runs(console: Console, runs: Iterable[Row]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("last runs", no_wrap=True, min_width=25)
    for heading in ("kind", "state"):
        table.add_column(heading)
    for heading in ("new", "unchanged", "quarantined", "seconds"):
        table.add_column(heading, justify="right")
    errors = []
    for run in runs:
        seconds = run["duration_seconds"]
        counts = (str(run[f"{name}_count"]) for name in ("new", "unchanged", "quarantined"))
        shown = "" if seconds is None else f"{seconds:.1f}"
        table.add_row(run["run_id"], run["kind"], run["state"], *counts, shown)
        if run["error"] is not None:
            errors.append(f"{run['run_id']}: {shortened(run['error'], _ERROR)}")
    console.print()
    console.print(table)
    for error in errors:
        console.print(Text(error), soft_wrap=True)


def _print_issues(console: Console, rows: list[Row]) -> None:
    if not rows:
        return
    table = Table("issues", "severity", "count", "meaning", box=None, pad_edge=False)
    for row in rows:
        code = ISSUE_CODES.get(row["name"])
        severity, meaning = (code.severity, code.meaning) if code else ("", "")
        table.add_row(printable(row["name"]), severity, str(row["row_count"]), meaning)
    console.print()
    console.print(table)


def _print_disk(console: Console, home: Home) -> None:
    console.print()
    if home.address is not None:
        for name, (count, size) in object_sizes(home).items():
            console.print(f"{name:<10}{human_bytes(size):>12}   {counted(count, 'object')}")
        console.print(Text(f"published {published_at(home)}"), soft_wrap=True)
        return
    for name, (count, size) in sizes_of(home).items():
        console.print(f"{name:<10}{human_bytes(size):>12}   {counted(count, 'file')}")


def sizes_of(home: Home) -> dict[str, tuple[int, int]]:
    """Returns number and bytes of the files of each part of a home on this machine."""
    parts = {
        "archive": home.archive,
        "fetched": home.fetched,
        "lake": home.derived.parent,
        "database": home.database,
        "prefect": home.prefect,
        "staging": home.staging,
    }
    return {name: _size_of(path) for name, path in parts.items()}


def _size_of(path: Path) -> tuple[int, int]:
    """Returns number and bytes of the files at or below `path`."""
    paths = [path] if path.is_file() else [
        Path(folder) / name for folder, _, names in os.walk(path) for name in names
    ]  # fmt: skip
    sizes = []
    for file in paths:
        try:
            sizes.append(file.stat().st_size)
        except FileNotFoundError:
            continue  # a run that is at work moves its files
    return len(sizes), sum(sizes)
