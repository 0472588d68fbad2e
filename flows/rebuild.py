"""`refworld rebuild`: lake and database anew from the preserved bytes, proven by digest."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import typer

from flows.adoption import adopt_archives, stage_anew
from flows.failures import explained
from flows.holding import held_home
from flows.limits import DEFAULT_LIMITS
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.pool import Pool, worker_count, worker_pool
from flows.printable import complain, printable
from flows.progress import progress_for
from flows.quantities import counted
from flows.recorded import recorded
from flows.reference import reference_rows
from flows.run import Progress
from warehouse.commits import (
    ArchiveChanged,
    Commit,
    clear_spent_packs,
    read_commits,
    refuse_newer,
    supersede_derived,
)
from warehouse.database import publish
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.rereading import ended_readings


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did.

    Args:
        before: Content digest of each table before; None when there was no lake to read.
        after: The same afterwards.
        batch_count: Batches derived anew.
        same_count: Those whose files are bit for bit what their commits had said.
        faults: What could not be derived anew and was left as it was, or what the same code
            derived otherwise than before.
    """

    before: dict[str, str] | None
    after: dict[str, str] = field(default_factory=dict)
    batch_count: int = 0
    same_count: int = 0
    faults: list[str] = field(default_factory=list)


def rebuild_command(
    home: Home,
    workers: int | None,
    capture_seconds: float = DEFAULT_LIMITS.capture_seconds,
    is_patient: bool = True,
    capture_memory: int = DEFAULT_LIMITS.capture_memory,
) -> int:
    """Derives lake and database anew, prints how they compare, and returns the exit code."""
    progress = progress_for(sys.stderr)
    try:
        with held_home(home, is_patient, progress.say, with_archive=True) as delivery:
            workers = worker_count(workers)
            with (
                recorded(home, "rebuild", {"workers": workers}) as record,
                worker_pool(workers, capture_memory) as pool,
            ):
                rebuilt = rebuild(home, pool, record.code_version, progress, capture_seconds)
                record.batch_count = rebuilt.batch_count
                record.exit_code = RUN_FAILED if rebuilt.faults else ALL_WELL
            delivery.events()
            delivery.batches()
            progress.begin("Loading, checking and publishing")
            publish(home, reference_rows(), anew=True)
            delivery.database()
            delivery.events()
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The rebuild failed. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    _print_report(rebuilt)
    return record.exit_code


def rebuild(
    home: Home,
    pool: Pool,
    code_version: str,
    progress: Progress,
    capture_seconds: float = DEFAULT_LIMITS.capture_seconds,
) -> Rebuilt:
    """Derives each batch anew from its WARC file and puts it in place of what was there.

    A batch whose preserved bytes are damaged keeps what was derived from them before. A capture
    that was quarantined because its reading hung or its worker died is tried again.
    """
    progress.begin("Comparing")
    refuse_newer(home)
    commits, before = _before(home)
    rebuilt = Rebuilt(before)
    progress.begin("Reading", len(commits))
    calls = [
        (old, pool.submit_reading(capture_seconds, stage_anew, home, old.batch_id, code_version))
        for old in commits
    ]
    for old, call in calls:
        progress.advance(1)
        try:
            staged = call.result()
        except Exception as error:
            rebuilt.faults.append(f"batch {old.batch_id}: {error}")
            continue
        # What hung or died then may be read now: other files are no fault of the code.
        is_repeatable = not ended_readings(old.table_path(home, "issues"))
        try:
            supersede_derived(home, old, staged)
        except ArchiveChanged as error:
            rebuilt.faults.append(f"batch {old.batch_id}: {error}")
            continue
        rebuilt.batch_count += 1
        if set(staged.files) == set(old.files):
            rebuilt.same_count += 1
        elif old.code_version == code_version and is_repeatable:
            rebuilt.faults.append(f"batch {old.batch_id}: the same code gave other files")
    rebuilt.batch_count += adopt_archives(
        home, pool, code_version, rebuilt.faults.append, capture_seconds
    )
    clear_spent_packs(home)
    rebuilt.after = content_digests(home)
    return rebuilt


def _before(home: Home) -> tuple[list[Commit], dict[str, str] | None]:
    """Returns the commits as they are, and the digests, as far as the lake can be read."""
    commits = read_commits(home)
    try:
        return commits, content_digests(home) if commits else None
    except Exception:
        return commits, None  # a damaged lake is what a rebuild is for


def _print_report(rebuilt: Rebuilt) -> None:
    say: Callable[[str], None] = typer.echo
    say(
        f"Derived {counted(rebuilt.batch_count, 'batch', 'batches')} anew from the preserved bytes."
    )
    say(f"{rebuilt.same_count} of them bit for bit as before.")
    for name, digest in rebuilt.after.items():
        before = rebuilt.before[name] if rebuilt.before else "no lake to compare with"
        said = "as before" if before == digest else f"before: {before}"
        say(f"  {name:<18} {digest}  {said}")
    for fault in rebuilt.faults:
        say(f"FAULT: {printable(fault)}")
    if rebuilt.faults:
        say("refworld verify says more.")
