"""Archived bytes that are read again: what a killed run left, and what other code had read.

A rebuild comes here too, for files that the lake has lost every trace of.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from flows.heartbeat import READ_ALL, Orders, read_each
from flows.limits import DEFAULT_LIMITS
from flows.pool import Pool
from flows.printable import printable
from flows.quantities import counted
from warehouse.archive import ArchiveDamaged, read_warc
from warehouse.commits import (
    ArchiveChanged,
    Staged,
    commit,
    known_capture_ids,
    older_batches,
    stage,
    supersede_derived,
    uncommitted_archives,
    warc_path,
)
from warehouse.home import Home


def adopt_archives(
    home: Home,
    pool: Pool,
    code_version: str,
    say: Callable[[str], None],
    capture_seconds: float = DEFAULT_LIMITS.capture_seconds,
) -> int:
    """Returns how many batches were committed from WARC files that no commit names.

    Captures that another batch holds are left to it. A file that cannot be read is left where it
    is, and `say` is told.
    """
    paths = uncommitted_archives(home)
    if not paths:
        return 0
    calls = [(path, pool.submit(capture_ids_in, path)) for path in paths]
    known = known_capture_ids(home)
    stagings: list[Future[Staged]] = []
    for path, call in calls:
        try:
            fresh = call.result() - known
        except (ArchiveDamaged, OSError) as error:
            say(f"left alone and not committed: {path.name}: {printable(str(error))}")
            continue
        known |= fresh
        if fresh:
            stagings.append(
                pool.submit_reading(capture_seconds, stage_archive, home, path, fresh, code_version)
            )
    for staging in stagings:
        commit(home, staging.result())
    return len(stagings)


def migrate_batches(
    home: Home,
    pool: Pool,
    code_version: str,
    say: Callable[[str], None],
    capture_seconds: float = DEFAULT_LIMITS.capture_seconds,
) -> int:
    """Returns how many batches of an older schema were derived anew.

    What older code had read is kept as superseded. A batch whose preserved bytes are damaged stays
    as it is, and `say` is told.

    Raises:
        HomeIsNewer: A batch is not of an older but of a newer schema.
    """
    older = older_batches(home)
    if older:
        batches = counted(len(older), "batch", "batches")
        say(f"deriving {batches} of an older schema anew; what was read before is kept")
    calls = [
        (
            entry,
            pool.submit_reading(capture_seconds, stage_anew, home, entry.batch_id, code_version),
        )
        for entry in older
    ]
    migrated = 0
    for entry, call in calls:
        try:
            supersede_derived(home, entry, call.result())
        except (ArchiveChanged, ArchiveDamaged, FileNotFoundError) as error:
            say(
                f"left as it is and not derived anew: batch {entry.batch_id}: "
                f"{printable(str(error))}; `refworld verify` says more"
            )
            continue
        migrated += 1
    return migrated


def capture_ids_in(path: Path) -> set[bytes]:
    """Returns the ids of the captures in a WARC file, 32 bytes each; runs in a worker.

    Raises ArchiveDamaged when a record is not what it must be.
    """
    return {bytes.fromhex(capture.capture_id) for _, capture in read_warc(path)}


def stage_anew(
    home: Home, batch_id: str, code_version: str, orders: Orders = READ_ALL
) -> Staged | None:
    """Stages a batch from its WARC file; runs in a worker."""
    path = warc_path(home, batch_id)
    return stage_archive(home, path, capture_ids_in(path), code_version, orders)


def stage_archive(
    home: Home,
    path: Path,
    wanted: set[bytes],
    code_version: str,
    orders: Orders = READ_ALL,
) -> Staged | None:
    """Stages the `wanted` captures of a WARC file, or only tries to read some; in a worker."""
    captures = [
        capture for _, capture in read_warc(path) if bytes.fromhex(capture.capture_id) in wanted
    ]
    readings = read_each(captures, orders)
    return stage(home, captures, readings, code_version) if orders.only is None else None
