"""A small home with every kind of file that archive/ and lake/ can hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.warehouse.pages import (
    STARTED,
    acquisition_row,
    commit_batch,
    page,
    publish_all,
    reading_of,
    run_row,
)
from warehouse.events import mark_started, write_event_tables
from warehouse.home import Home
from warehouse.verify import VerifyReport, verify

PAGES = [page(number, body=f"Some text, and {number * 977} words. " * 9) for number in range(7)]


def now() -> datetime:
    """Returns the time at which every check of these tests is made."""
    return STARTED


def make_home(root: Path) -> Home:
    """Returns a home with two batches, the events of two runs, a run's start, and a database."""
    home = Home(root)
    commit_batch(home, PAGES[:5])
    commit_batch(home, PAGES[5:])
    seen = [acquisition_row("r1", seq, capture) for seq, capture in enumerate(PAGES)]
    write_event_tables(home, "r1", {"runs": [ingest_row(seen)], "acquisitions": seen})
    checks = [{**row, "run_id": "r2"} for row in verified(home).fixity_rows]
    row = run_row("r2", kind="verify")
    write_event_tables(home, "r2", {"runs": [row], "fixity_checks": checks})
    publish_all(home)
    mark_started(home, run_row("r3", kind="verify"))
    return home


def ingest_row(seen: list[dict[str, object]]) -> dict[str, object]:
    """Returns the row of a run whose ledger balances: all that it saw was new."""
    size = sum(int(str(row["byte_length"])) for row in seen)
    counts = {"input_count": len(seen), "new_count": len(seen)}
    return run_row("r1", **counts, input_bytes=size, new_bytes=size)


def verified(home: Home) -> VerifyReport:
    """Returns what a verification finds, its readings those of the made-up pages."""
    return verify(home, reading_of, now)


def stored(home: Home) -> list[Path]:
    """Returns all files of archive/ and lake/."""
    tops = (home.archive, home.derived, home.events)
    return sorted(path for top in tops for path in top.rglob("*") if path.is_file())
