"""What an audit checks in one go, and in which order: what was checked longest ago comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from warehouse import lake
from warehouse.events import started_paths
from warehouse.fixity import check_entry, check_seal
from warehouse.home import Home
from warehouse.schema import FIXITY_CHECKS

BATCH = "batch"
EVENTS = "events"
STARTED = "started"
DATABASE = "database"
_CHECKS = f"/{FIXITY_CHECKS.name}.parquet"
_KINDS = (BATCH, EVENTS, STARTED, DATABASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A batch, the events of a run, the mark of a run's start, or the database.

    Args:
        kind: `batch`, `events`, `started` or `database`.
        path: Its folder, or its one file.
    """

    kind: str
    path: Path


def units_by_age(home: Home) -> list[Unit]:
    """Returns all there is to check: never checked first, then by the time of the last check."""
    checked = last_checks(home)

    def age(unit: Unit) -> tuple[bool, datetime, int, Path]:
        last = checked.get(unit.path.relative_to(home.root).as_posix())
        return last is not None, last or datetime.min, _KINDS.index(unit.kind), unit.path

    return sorted(_units(home), key=age)


def last_checks(home: Home) -> dict[str, datetime]:
    """Returns when each file, and each folder of the lake, was last checked (UTC, without zone).

    The events are read, not the database, which may be gone. Those that are damaged count as never
    written, so that damage to them makes the audit check more and not less.
    """
    last: dict[str, datetime] = {}
    for folder in sorted(home.events.glob("*/")):
        entries, _ = check_seal(home, folder)
        for entry in entries or ():
            if entry.path.endswith(_CHECKS) and check_entry(home, entry).fault is None:
                _note_checks(lake.read_table(home.root / entry.path), last)
    return last


def _note_checks(table: pa.Table, last: dict[str, datetime]) -> None:
    for row in table.select(["file", "checked_at"]).to_pylist():
        folder, _, _ = row["file"].rpartition("/")
        for place in (row["file"], folder):
            last[place] = max(row["checked_at"], last.get(place, datetime.min))


def _units(home: Home) -> list[Unit]:
    units = [
        *(Unit(BATCH, path) for path in home.derived.glob("*")),
        *(Unit(EVENTS, path) for path in home.events.glob("*") if path.is_dir()),
        *(Unit(STARTED, path) for path in started_paths(home)),
    ]
    if units or home.database.exists():
        units.append(Unit(DATABASE, home.database))
    return units
