"""What happened, one folder of Parquet per run: append-only, never part of what is derived."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse import disk, lake
from warehouse.home import Home
from warehouse.schema import EVENT_TABLES, RUNS

_STARTED = ".started.json"
_TIMES = {column.name for column in RUNS.columns if column.type == "timestamp"}


def write_event_tables(
    home: Home, run_id: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Writes what a run has to tell, whole or not at all, to lake/events/<run_id>/.

    A run that has written already may correct itself (a run whose publishing failed): each table
    takes the place of its earlier self, `runs` last.

    Args:
        home: The data home.
        run_id: The run.
        tables: Rows by event table, with all columns; `runs` must hold the run's one row.

    Raises:
        ValueError: A table is no event table, a row does not fit, or the run's row is missing.
    """
    if [row["run_id"] for row in tables.get(RUNS.name, ())] != [run_id]:
        raise ValueError(f"the events of run {run_id} do not hold its one row of `runs`")
    known = {table.name: table for table in EVENT_TABLES}
    if unknown := sorted(set(tables) - set(known)):
        raise ValueError(f"no event tables: {', '.join(unknown)}")
    contents = {
        name: lake.parquet_bytes(lake.rows_table(known[name], rows))
        for name, rows in sorted(tables.items(), key=lambda item: item[0] == RUNS.name)
    }
    folder = home.events / run_id
    if folder.exists():
        for name, content in contents.items():
            disk.write_whole(folder / f"{name}.parquet", content)
    else:
        _write_folder(home, folder, contents)
    disk.remove_file(_started_path(home, run_id))


def event_runs(home: Home) -> list[str]:
    """Returns the ids of the runs whose events are written, in order."""
    return sorted(path.parent.name for path in home.events.glob(f"*/{RUNS.name}.parquet"))


def table_paths(home: Home, run_ids: Sequence[str], table: str) -> list[Path]:
    """Returns the Parquet files of an event table that these runs wrote."""
    paths = [home.events / run_id / f"{table}.parquet" for run_id in run_ids]
    return [path for path in paths if path.exists()]


def mark_started(home: Home, run_row: Mapping[str, Any]) -> None:
    """Writes down that a run began, so that its death would be known.

    Args:
        home: The data home.
        run_row: Its row of `runs`, as far as it is known.
    """
    disk.make_folder(home.events)
    content = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in run_row.items()
    }
    text = json.dumps(content, indent=1, sort_keys=True)
    disk.write_whole(_started_path(home, run_row["run_id"]), text.encode("ascii"))


def crashed_runs(home: Home) -> list[dict[str, Any]]:
    """Returns the rows given to `mark_started` by runs that never wrote their events.

    To be called under the writer lock and before the own run is marked: whoever is on the list
    is then dead.
    """
    rows = []
    for path in sorted(home.events.glob(f"*{_STARTED}")):
        if (home.events / path.name.removesuffix(_STARTED) / f"{RUNS.name}.parquet").exists():
            continue
        row = json.loads(path.read_bytes())
        rows.append({name: _restored(name, value) for name, value in row.items()})
    return rows


def told_marks(home: Home) -> list[Path]:
    """Returns the marks of runs that were killed after they wrote their events."""
    told = set(event_runs(home))
    marks = home.events.glob(f"*{_STARTED}")
    return [path for path in marks if path.name.removesuffix(_STARTED) in told]


def _restored(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _TIMES and value is not None else value


def _started_path(home: Home, run_id: str) -> Path:
    return home.events / f"{run_id}{_STARTED}"


def _write_folder(home: Home, folder: Path, contents: Mapping[str, bytes]) -> None:
    disk.make_folder(home.events)
    draft = disk.make_draft_folder(home.staging, folder.name)
    for name, content in contents.items():
        with disk.durable_file(draft / f"{name}.parquet") as stream:
            stream.write(content)
    disk.sync_folder(draft)
    disk.replace(draft, folder)
