"""The published database: built whole beside the last one, checked, and put in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import disk, engine
from warehouse.checking import CheckFailed as CheckFailed
from warehouse.checking import PublishFailed as PublishFailed
from warehouse.checking import run_checks
from warehouse.holdings import NOTHING, Held, Wanted, define, held_of, row_counts, wal_of, wanted_of
from warehouse.home import Home
from warehouse.loading import load, replace_reference

_SPILL = "duckdb-spill"


@dataclass(frozen=True, slots=True)
class Published:
    """The database as it stands after publishing.

    Args:
        path: The database file.
        counts: Rows per table.
        loaded_batches: How many batches were loaded.
        loaded_runs: Of how many runs the events were loaded.
        is_changed: Whether a new file took the place of the last one.
        is_anew: Whether it was built from nothing rather than from the last one.
    """

    path: Path
    counts: dict[str, int]
    loaded_batches: int
    loaded_runs: int
    is_changed: bool
    is_anew: bool


def publish(
    home: Home,
    reference: Mapping[str, Sequence[Mapping[str, Any]]],
    anew: bool = False,
) -> Published:
    """Brings the published database up to what is committed; to be called under the writer lock.

    What the last database lacks is loaded into a copy of it, which is checked and takes its place
    by a rename: readers that have it open keep what they have. The copy is begun from nothing
    when the last database is missing, damaged, of another schema, or holds what is no longer
    committed. When nothing is lacking, the file is left alone.

    Args:
        home: The data home.
        reference: Rows of `publishers`, `countries` and `issue_codes`.
        anew: Whether to begin from nothing in any case.

    Raises:
        CheckFailed: The data break a rule; the last database stands.
        PublishFailed: The lake could not be loaded; the last database stands.
    """
    wanted = wanted_of(home, reference)
    held = None if anew else held_of(home, wanted)
    if held and held.has_all(wanted):
        return Published(home.database, held.counts, 0, 0, is_changed=False, is_anew=False)
    try:
        if held:
            try:
                return _build(home, wanted, held)
            except duckdb.Error:
                # A copy that cannot be added to is damaged where nothing had looked yet.
                pass
        return _build(home, wanted, NOTHING)
    except duckdb.Error as error:
        raise PublishFailed(f"the lake could not be loaded: {error}") from error
    finally:
        _clear_draft(home)


def _build(home: Home, wanted: Wanted, held: Held) -> Published:
    draft = _clear_draft(home)
    is_anew = held is NOTHING
    if not is_anew:
        disk.copy(home.database, draft)
    batches = [entry for key, entry in sorted(wanted.batches.items()) if key not in held.batches]
    run_ids = sorted(wanted.run_ids - held.run_ids)
    limit = engine.memory_limit_for(wanted.row_count)
    with closing(engine.connect(draft, home.staging / _SPILL, memory_limit=limit)) as connection:
        if is_anew:
            define(connection)
        if not held.is_reference_current:
            replace_reference(connection, wanted.reference)
        load(connection, home, batches, run_ids)
        run_checks(connection)
        counts = row_counts(connection)
        connection.execute("CHECKPOINT")
    _put_in_place(draft, home.database)
    return Published(
        home.database, counts, len(batches), len(run_ids), is_changed=True, is_anew=is_anew
    )


def _put_in_place(draft: Path, target: Path) -> None:
    if wal_of(draft).exists():
        raise PublishFailed(f"{draft} was not written to its end")
    disk.sync_file(draft)
    # A log left by a writer that is none of ours belongs to the file that now goes.
    disk.remove_file(wal_of(target))
    disk.replace(draft, target)


def _clear_draft(home: Home) -> Path:
    draft = home.staging / home.database.name
    disk.make_folder(home.staging)
    for path in (draft, wal_of(draft), home.staging / _SPILL):
        disk.remove_tree(path)
    return draft
