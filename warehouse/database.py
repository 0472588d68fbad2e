"""The published database: built whole beside the last one, checked, and put in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import disk, engine
from warehouse.checking import CheckFailed as CheckFailed
from warehouse.checking import PublishFailed as PublishFailed
from warehouse.checking import run_checks
from warehouse.commits import Commit
from warehouse.holdings import (
    NOTHING,
    Wanted,
    add_keys,
    define,
    held_of,
    row_counts,
    wanted_of,
)
from warehouse.home import Home
from warehouse.loading import (
    load_batches,
    load_events,
    load_records,
    replace_reference,
    show_loaded,
)
from warehouse.published import clear_log, copy_published, put_in_place, wal_of
from warehouse.snapshots import add_snapshot, record, settle, unrecorded

_DRAFT = "database"
_SPILL = "duckdb-spill"


def _now() -> datetime:
    return datetime.now(UTC)


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
    clock: Callable[[], datetime] = _now,
) -> Published:
    """Brings the published database up to what is committed; to be called under the writer lock.

    What the last database lacks is loaded into a copy of it, which is checked and takes its place
    by a rename: readers that have it open keep what they have. The copy is begun from nothing
    when the last database is missing, has other bytes than were published, is of another schema, or
    holds what is no longer committed. When nothing is lacking, the file is left alone.

    Args:
        home: The data home.
        reference: Rows of `publishers`, `countries` and `issue_codes`.
        anew: Whether to begin from nothing in any case.
        clock: Gives the time (UTC) to write down for the snapshot.

    Raises:
        CheckFailed: The data break a rule; the last database stands.
        PublishFailed: The lake could not be loaded; the last database stands.
    """
    with closing(Draft(home, reference, anew, clock)) as draft:
        return draft.publish()


class Draft:
    """The next database while it is built; nobody sees it before it is published.

    One that is begun early can be extended while batches are still being committed, so that
    little is left to do once the last of them is.
    """

    def __init__(
        self,
        home: Home,
        reference: Mapping[str, Sequence[Mapping[str, Any]]],
        anew: bool = False,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        _clear_drafts(home)
        self._clock = clock
        self._home = home
        self._reference = reference
        self._held = NOTHING
        self._folder: Path | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._loaded: dict[str, Commit] = {}
        self._take_over(anew)

    def extend(self) -> None:
        """Loads what has been committed so far; a draft that cannot be built is begun again later.

        What is of an older schema waits: it may be derived anew before the end.

        Raises:
            OSError: The disk is full or cannot be written to.
        """
        try:
            self._load(wanted_of(self._home, self._reference).current)
        except duckdb.Error:
            self._begin_again()

    def publish(self) -> Published:
        """Loads what is lacking, checks all of it and puts the draft in the database's place.

        A batch of an older schema that could not be derived anew is loaded as it is.

        Raises:
            CheckFailed: The data break a rule; the last database stands.
            PublishFailed: The lake could not be loaded; the last database stands.
        """
        wanted = wanted_of(self._home, self._reference)
        if self._connection is None and self._held.has_all(wanted):
            home, counts = self._home, self._held.counts
            clear_log(home)
            return Published(home.database, counts, 0, 0, is_changed=False, is_anew=False)
        try:
            return self._built(wanted)
        except duckdb.Error as error:
            raise PublishFailed(f"the lake could not be loaded: {error}") from error

    def close(self) -> None:
        """Removes what is left of the draft."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._folder is not None:
            disk.remove_tree(self._folder)
            self._folder = None
        self._loaded = {}

    def _take_over(self, anew: bool) -> None:
        """Begins with a copy of what is published, unless that is damaged or no longer wanted."""
        draft = self._new_folder() / self._home.database.name
        if copy_published(self._home, draft):
            settle(self._home, draft)
            if not anew:
                wanted = wanted_of(self._home, self._reference)
                self._held = held_of(draft, wanted) or NOTHING
        if self._is_from_nothing:
            self.close()

    def _new_folder(self) -> Path:
        disk.make_folder(self._home.staging)
        self._folder = disk.make_draft_folder(self._home.staging, _DRAFT)
        return self._folder

    def _built(self, wanted: Wanted) -> Published:
        if self._fits(wanted):
            try:
                return self._finish(wanted)
            except duckdb.Error:
                if self._is_from_nothing:
                    raise
                # What cannot be added to is damaged where nothing had looked yet.
        self._begin_again()
        return self._finish(wanted)

    @property
    def _is_from_nothing(self) -> bool:
        return self._held is NOTHING

    def _fits(self, wanted: Wanted) -> bool:
        """Returns whether all that the draft holds is still wanted as it was loaded."""
        return self._held.is_part_of(wanted) and all(
            wanted.batches.get(batch_id) == entry for batch_id, entry in self._loaded.items()
        )

    def _begin_again(self) -> None:
        self.close()
        self._held = NOTHING

    def _load(self, wanted: Wanted) -> duckdb.DuckDBPyConnection:
        connection = self._open()
        engine.set_buffers(connection, wanted.row_count)
        lacking = [
            entry
            for batch_id, entry in sorted(wanted.batches.items())
            if batch_id not in self._held.batches and batch_id not in self._loaded
        ]
        for share in load_batches(connection, self._home, lacking):
            self._loaded |= {entry.batch_id: entry for entry in share}
        return connection

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is not None:
            return self._connection
        folder = self._folder or self._new_folder()
        path, spill = folder / self._home.database.name, folder / _SPILL
        self._connection = engine.connect(path, spill, memory_limit=engine.buffer_size())
        if self._is_from_nothing:
            define(self._connection)
        return self._connection

    def _finish(self, wanted: Wanted) -> Published:
        connection = self._load(wanted)
        run_ids = sorted(wanted.run_ids - self._held.run_ids)
        if not self._held.is_reference_current:
            replace_reference(connection, wanted.reference)
        load_events(connection, self._home, run_ids)
        load_records(connection, self._home, sorted(wanted.records - self._held.records))
        if self._is_from_nothing:
            add_keys(connection)
        show_loaded(connection, self._home, list(self._loaded.values()), run_ids)
        run_checks(connection)
        add_snapshot(connection, self._clock())
        counts = row_counts(connection)
        snapshots = unrecorded(self._home, connection)
        connection.execute("CHECKPOINT")
        connection.close()
        self._connection = None
        count = len(self._loaded)
        _put_in_place(self._home, self._draft_path)
        self.close()
        # What cannot be written now, the next run writes: the database has it.
        with suppress(OSError):
            record(self._home, snapshots)
        return Published(
            self._home.database,
            counts,
            count,
            len(run_ids),
            is_changed=True,
            is_anew=self._is_from_nothing,
        )

    @property
    def _draft_path(self) -> Path:
        if self._folder is None:
            raise ValueError("no draft has been begun")
        return self._folder / self._home.database.name


def _put_in_place(home: Home, draft: Path) -> None:
    if wal_of(draft).exists():
        raise PublishFailed(f"{draft} was not written to its end")
    put_in_place(home, draft)


def _clear_drafts(home: Home) -> None:
    """Removes drafts that killed runs have left."""
    for folder in home.staging.glob(f"{_DRAFT}-*"):
        disk.remove_tree(folder)
