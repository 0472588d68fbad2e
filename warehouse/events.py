"""What happened, one folder of Parquet per run: append-only, never part of what is derived.

Beside the tables stands `events.json`, written last, with digest, size and rows of each; the run's
mark of its start is sealed as well. A folder without it is of a run that was killed while it
corrected itself, or older than this rule: `seal_events` gives it one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse import disk, lake
from warehouse.home import Home
from warehouse.schema import EVENT_TABLES, FETCHES, RUNS
from warehouse.sealed import SealBroken, sealed, unsealed
from warehouse.staging import WARC_SUFFIX, FileEntry

SEAL = "events.json"
_STARTED = ".started.json"
_FORMAT = 1
_TIMES = {column.name for column in RUNS.columns if column.type == "timestamp"}


def write_event_tables(
    home: Home,
    run_id: str,
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    files: Sequence[FileEntry] = (),
) -> None:
    """Writes what a run has to tell, whole or not at all, to lake/events/<run_id>/.

    A run that has written already may correct itself (a run whose publishing failed): each table
    takes the place of its earlier self, `runs` last.

    Args:
        home: The data home.
        run_id: The run.
        tables: Rows by event table, with all columns; `runs` must be a list of the run's one row.
        files: What else the run leaves for good outside that folder; it is durable already, and
            listed with its digest so that it is verified, copied and repaired with the events.

    Raises:
        ValueError: A table is no event table, a row does not fit, or the run's row is missing.
    """
    if [row["run_id"] for row in tables.get(RUNS.name, ())] != [run_id]:
        raise ValueError(f"the events of run {run_id} do not hold its one row of `runs`")
    known = {table.name: table for table in EVENT_TABLES}
    if unknown := sorted(set(tables) - set(known)):
        raise ValueError(f"no event tables: {', '.join(unknown)}")
    folder = home.events / run_id
    contents: dict[str, bytes] = {}
    entries = {entry.path: entry for entry in (*_entries_kept(home, folder), *files)}
    for name, rows in sorted(tables.items(), key=lambda item: item[0] == RUNS.name):
        content, count = lake.rows_parquet(known[name], rows)
        contents[f"{name}.parquet"] = content
        entry = _entry(home, folder / f"{name}.parquet", content, count)
        entries[entry.path] = entry
    contents[SEAL] = _seal_bytes(run_id, list(entries.values()))
    if folder.exists():
        # Without the digests for a moment, rather than with those of tables that are no more.
        disk.remove_file(folder / SEAL)
        for name, content in contents.items():
            disk.write_whole(folder / name, content)
    else:
        _write_folder(home, folder, contents)
    disk.remove_file(_started_path(home, run_id))


def write_sealed_folder(home: Home, name: str, tables: Mapping[str, pa.Table]) -> None:
    """Writes tables that belong to no run to lake/events/<name>/, whole or not at all, once."""
    folder = home.events / name
    contents = {f"{table}.parquet": lake.parquet_bytes(rows) for table, rows in tables.items()}
    entries = [
        _entry(home, folder / f"{table}.parquet", contents[f"{table}.parquet"], rows.num_rows)
        for table, rows in tables.items()
    ]
    disk.remove_tree(folder)
    _write_folder(home, folder, {**contents, SEAL: _seal_bytes(name, entries)})


def is_sealed(home: Home, name: str) -> bool:
    """Returns whether a folder of events stands with its digests."""
    return (home.events / name / SEAL).exists()


def event_runs(home: Home) -> list[str]:
    """Returns the ids of the runs whose events are written, in order."""
    return sorted(path.parent.name for path in home.events.glob(f"*/{RUNS.name}.parquet"))


def table_paths(home: Home, run_ids: Sequence[str], table: str) -> list[Path]:
    """Returns the Parquet files of an event table that these runs wrote."""
    paths = [home.events / run_id / f"{table}.parquet" for run_id in run_ids]
    return [path for path in paths if path.exists()]


def read_seal(path: Path) -> list[FileEntry]:
    """Returns the files that an `events.json` lists.

    Raises:
        SealBroken: It is not what was written.
        OSError: It cannot be read.
    """
    return seal_of(path.read_bytes(), path.parent.name)


def seal_of(content: bytes, run_id: str) -> list[FileEntry]:
    """Returns the files that the bytes of the `events.json` of a run list.

    Raises:
        SealBroken: It is not what was written.
    """
    fields = unsealed(content)
    if fields["format"] != _FORMAT or fields["run_id"] != run_id:
        raise SealBroken(f"the events.json of {run_id} is another's, or of an unknown form")
    return [FileEntry(**file) for file in fields["files"]]


def seal_events(home: Home) -> list[str]:
    """Gives each run's events that lack their digests such as they have now, and names the runs.

    What cannot be read is not sealed. To be called under the writer lock.
    """
    runs = []
    for run_id in event_runs(home):
        folder = home.events / run_id
        if not (folder / SEAL).exists():
            try:
                entries = _entries_found(home, folder)
            except lake.UNREADABLE:
                continue
            disk.write_whole(folder / SEAL, _seal_bytes(run_id, entries))
            runs.append(run_id)
    return runs


def read_started(path: Path) -> dict[str, Any]:
    """Returns the row of `runs` that a mark of a run's start holds, by whatever code.

    Raises:
        SealBroken: It is not what was written.
        OSError: It cannot be read.
    """
    row = unsealed(path.read_bytes())
    absent = {column.name: column.absent for column in RUNS.columns}
    return absent | {name: _restored(name, value) for name, value in row.items()}


def started_paths(home: Home) -> list[Path]:
    """Returns the marks of runs that have not written their events, in order."""
    return sorted(home.events.glob(f"*{_STARTED}"))


def is_told(home: Home, mark: Path) -> bool:
    """Returns whether a run's mark is gone because its events are written in its place."""
    run_id = mark.name.removesuffix(_STARTED)
    return not mark.exists() and (home.events / run_id / f"{RUNS.name}.parquet").exists()


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
    disk.write_whole(_started_path(home, run_row["run_id"]), sealed(content))


def crashed_runs(home: Home) -> list[dict[str, Any]]:
    """Returns the rows given to `mark_started` by runs that never wrote their events.

    To be called under the writer lock and before the own run is marked: whoever is on the list
    is then dead. A mark that is damaged is left for `verify` to name.
    """
    rows = []
    for path in started_paths(home):
        run_id = path.name.removesuffix(_STARTED)
        if not (home.events / run_id / f"{RUNS.name}.parquet").exists():
            with suppress(SealBroken):
                rows.append(read_started(path))
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


def _entries_kept(home: Home, folder: Path) -> list[FileEntry]:
    """Returns what is recorded of the tables of a run that corrects itself."""
    if (folder / SEAL).exists():
        with suppress(SealBroken):
            return read_seal(folder / SEAL)
    return _entries_found(home, folder)


def _entries_found(home: Home, folder: Path) -> list[FileEntry]:
    """Returns what there is of a run's events when nothing lists it, what it fetched included."""
    entries = [_entry_of(home, path) for path in sorted(folder.glob("*.parquet"))]
    fetched = home.fetched / f"{folder.name}{WARC_SUFFIX}"
    if fetched.exists():
        place = (folder / f"{FETCHES.name}.parquet").relative_to(home.root).as_posix()
        counts = [entry.row_count for entry in entries if entry.path == place]
        entries.append(fetched_entry(home, fetched, sum(counts)))
    return entries


def fetched_entry(home: Home, path: Path, row_count: int) -> FileEntry:
    """Returns the entry of a WARC file of fetched pages that proves so many rows of `fetches`."""
    place = path.relative_to(home.root).as_posix()
    return FileEntry(place, disk.sha256_of(path), path.stat().st_size, row_count)


def _entry_of(home: Home, path: Path) -> FileEntry:
    return _entry(home, path, path.read_bytes(), lake.read_table(path).num_rows)


def _entry(home: Home, path: Path, content: bytes, row_count: int) -> FileEntry:
    place = path.relative_to(home.root).as_posix()
    return FileEntry(place, hashlib.sha256(content).hexdigest(), len(content), row_count)


def _seal_bytes(run_id: str, entries: Sequence[FileEntry]) -> bytes:
    files = [asdict(entry) for entry in sorted(entries, key=lambda entry: entry.path)]
    return sealed({"format": _FORMAT, "run_id": run_id, "files": files})


def _write_folder(home: Home, folder: Path, contents: Mapping[str, bytes]) -> None:
    disk.make_folder(home.events)
    draft = disk.make_draft_folder(home.staging, folder.name)
    for name, content in contents.items():
        with disk.durable_file(draft / name) as stream:
            stream.write(content)
    disk.sync_folder(draft)
    disk.replace(draft, folder)
