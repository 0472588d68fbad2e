"""`refworld repair`: exactly the damaged files, healed from a copy or derived anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import typer

from flows.adoption import stage_anew
from flows.auditing import fault_lines
from flows.failures import explained
from flows.intake.times import now
from flows.limits import DEFAULT_LIMITS
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.pool import worker_pool
from flows.printable import complain, printable
from flows.progress import progress_for
from flows.quantities import counted
from flows.recorded import Record, recorded
from flows.reference import reference_rows
from flows.run import Progress
from warehouse.commits import Staged, read_commits
from warehouse.comparison import check_database
from warehouse.database import publish
from warehouse.events import seal_events
from warehouse.fixity import FileCheck
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.repair import Healer, Repaired, repair


def repair_command(home: Home, copy: Home | None) -> int:
    """Heals the home, says each file and how; returns 0, or 2 when anything is lost."""
    progress = progress_for(sys.stderr)
    for place in (home, copy):
        if place is not None and not place.root.is_dir():
            complain(f"There is no data home at {printable(str(place.root))}.")
            return RUN_FAILED
    if copy is not None and not (copy.root / "lake").is_dir():
        complain(f"{printable(str(copy.root))} is no copy of a data home: it has no folder lake.")
        return RUN_FAILED
    try:
        done = _repair(home, copy, progress)
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The repair failed. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    typer.echo("\n".join(_lines(done, copy)))
    return RUN_FAILED if done.lost else ALL_WELL


def _repair(home: Home, copy: Home | None, progress: Progress) -> Repaired:
    """Repairs the files, then the database where it is not what the lake says."""
    source = printable(str(copy.root)) if copy else None
    with writer_lock(home, wait=True, on_wait=progress.say):
        with (
            recorded(home, "repair", {"from": source}) as record,
            worker_pool(1) as pool,
        ):
            progress.begin("Repairing")

            def staged_anew(batch_id: str) -> Staged:
                arguments = (home, batch_id, record.code_version)
                seconds = DEFAULT_LIMITS.capture_seconds
                return pool.submit_reading(seconds, stage_anew, *arguments).result()

            done = repair(Healer(home, copy, record.run_id, staged_anew))
            seal_events(home)
            record.exit_code = RUN_FAILED if done.lost else ALL_WELL
            record.tables["fixity_checks"] = [
                _row(record, seq, check) for seq, check in enumerate(done.checks)
            ]
        if not done.lost:
            _publish(home)
    return done


def _publish(home: Home) -> None:
    publish(home, reference_rows())
    if check_database(home, read_commits(home)):
        publish(home, reference_rows(), anew=True)


def _row(record: Record, seq: int, check: FileCheck) -> dict[str, object]:
    return {
        "run_id": record.run_id,
        "seq": seq,
        "checked_at": now(),
        "file": check.file,
        "expected_sha256": check.expected,
        "actual_sha256": check.actual,
        "is_intact": check.fault is None,
        "is_faithful": None,
    }


def _lines(done: Repaired, copy: Home | None) -> Iterator[str]:
    for healed in done.healed:
        yield f"HEALED {printable(healed.file)}: {healed.how}"
    for fault in done.lost:
        yield from fault_lines(fault)
    if done.lost:
        advice = "another copy may have them" if copy else "a copy may: `--from COPY`"
        yield f"{counted(len(done.lost), 'fault')} that could not be healed; {advice}."
    elif done.healed:
        yield f"{counted(len(done.healed), 'file')} healed; damaged bytes are kept in damaged/."
    else:
        yield "Nothing is damaged."
