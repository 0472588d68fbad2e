"""A run of the store with no Prefect in it, and what must be true of a home after one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache

from tests.warehouse.pages import CODE_VERSION, STARTED, page, publish_all, reading_of, run_row
from transforms.records import Capture
from warehouse import commits, events, lake
from warehouse.compaction import compact
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES

PAGES = [page(number) for number in range(6)]
BATCHES = (PAGES[:3], PAGES[3:])


def take_in(
    home: Home,
    run_id: str = "r1",
    *,
    batches: Sequence[Sequence[Capture]] = BATCHES,
    with_database: bool = True,
    with_compaction: bool = False,
    started_at: datetime = STARTED,
    promise: Callable[[str], object] = lambda _batch_id: None,
) -> None:
    """Does what a run does: tidies up, marks itself, commits its batches, tells, publishes.

    Args:
        home: The data home.
        run_id: The run.
        batches: What it takes in.
        with_database: Whether it publishes.
        with_compaction: Whether it puts small batches together before that.
        started_at: When its clock says that it began.
        promise: Is told the id of each batch once it is said to be committed.
    """
    commits.recover(home)
    dead = events.crashed_runs(home)
    row = run_row(run_id, started_at=started_at)
    events.mark_started(home, row)
    for crashed in dead:
        if crashed["run_id"] != run_id:
            events.write_event_tables(home, crashed["run_id"], {"runs": [crashed]})
    for batch in batches:
        readings = [reading_of(capture) for capture in batch]
        staged = commits.stage(home, batch, readings, CODE_VERSION)
        commits.commit(home, staged)
        promise(staged.batch_id)
    finished = {**row, "ended_at": started_at + timedelta(seconds=9)}
    events.write_event_tables(home, run_id, {"runs": [finished]})
    if with_compaction:
        compact(home)
    if with_database:
        publish_all(home)


def preserved_of(home: Home) -> dict[str, bytes]:
    """Returns the bytes of archive and derived lake, which depend on no run."""
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for folder in (home.archive, home.derived)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def kept_in(home: Home) -> dict[str, object]:
    """Returns all that a home keeps, wherever it lies: batches, the rows of each, the archive."""
    found: dict[str, object] = {
        path.name: path.read_bytes() for path in sorted(home.archive.glob("*"))
    }
    for entry in commits.read_commits(home):
        found[entry.batch_id] = entry.sha256
        tables = {t.name: lake.read_table(entry.table_path(home, t.name)) for t in DERIVED_TABLES}
        placed = tables["captures"].select(["capture_id", "warc_file"]).to_pylist()
        own = [row["capture_id"] for row in placed if row["warc_file"] == entry.warc_name]
        for name, table in tables.items():
            found[f"{entry.batch_id} {name}"] = lake.rows_of_captures(table, own).to_pylist()
    return found


def leftovers_of(home: Home) -> list[str]:
    """Returns what lies in a home and belongs to no batch, no run and no published database."""
    known = {
        home.database,
        home.database_digest,
        *home.archive.glob("*"),
        *home.derived.glob("*/*"),
    }
    for seal in home.events.glob(f"*/{events.SEAL}"):
        known |= {seal, *(home.root / file.path for file in events.read_seal(seal))}
    found = [path for path in home.root.rglob("*") if path.is_file() and path not in known]
    return sorted(path.relative_to(home.root).as_posix() for path in found)


def assert_promised(home: Home, promised: Sequence[str]) -> None:
    """Checks that each promised batch is there with all its bytes, whatever became of the rest."""
    found = {commit.batch_id: commit for commit in commits.read_commits(home)}
    for batch_id in promised:
        assert batch_id in found, f"batch {batch_id} was said to be committed and is gone"
        for file in (found[batch_id].archived, *found[batch_id].tables):
            content = (home.root / file.path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file.sha256, file.path


def assert_whole(home: Home, undisturbed: Home) -> None:
    """Checks that a home is as an undisturbed one, which stays as it is; nothing is left over."""
    assert preserved_of(home) == preserved_of(undisturbed)
    assert not leftovers_of(home)
    if undisturbed.database.exists():
        assert content_digests(home) == _digests_of(undisturbed)


@cache
def _digests_of(undisturbed: Home) -> dict[str, str]:
    return content_digests(undisturbed)
