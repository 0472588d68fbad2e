"""What an audit checks in one go, and in which order: what was checked longest ago comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse import lake
from warehouse.events import started_paths, table_paths
from warehouse.home import Home
from warehouse.schema import FIXITY_CHECKS

BATCH = "batch"
EVENTS = "events"
STARTED = "started"
DATABASE = "database"
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

    The events are read, not the database, which may be gone; those that cannot be read count as
    never written, so that damage to them makes the audit check more and not less.
    """
    last: dict[str, datetime] = {}
    run_ids = [path.name for path in home.events.glob("*")]
    for path in table_paths(home, run_ids, FIXITY_CHECKS.name):
        try:
            rows = lake.read_table(path, ["file", "checked_at"]).to_pylist()
        except (OSError, ValueError, KeyError):
            continue
        for row in rows:
            folder, _, _ = row["file"].rpartition("/")
            for place in (row["file"], folder):
                last[place] = max(row["checked_at"], last.get(place, datetime.min))
    return last


def _units(home: Home) -> list[Unit]:
    units = [
        *(Unit(BATCH, path) for path in home.derived.glob("*")),
        *(Unit(EVENTS, path) for path in home.events.glob("*") if path.is_dir()),
        *(Unit(STARTED, path) for path in started_paths(home)),
    ]
    if units or home.database.exists():
        units.append(Unit(DATABASE, home.database))
    return units
