"""An audit from its lock to its record: what the command and the scheduled flow have in common."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from flows.intake.times import now
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.pace import Pace
from flows.printable import printable, shortened
from flows.quantities import counted
from flows.recorded import Record, recorded
from flows.reference import reference_rows
from flows.run import Progress
from transforms.preserved import preserved_words
from transforms.reading import read
from warehouse.database import publish
from warehouse.events import seal_events
from warehouse.faults import Fault, Subject
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.verify import Rows, VerifyReport, Watch, verify

_KEEP_SECONDS = 10.0
_WORDS = 300


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit that has ended: its run, and what it found."""

    run_id: str
    report: VerifyReport


def audit(
    home: Home,
    pace: Pace,
    arguments: Mapping[str, object],
    progress: Progress,
    flow_run_id: str | None = None,
) -> Audited:
    """Checks a home under its writer lock, records each check, and publishes the record.

    What has been checked is written down every ten seconds, so that a killed audit loses no more.

    Args:
        home: The data home.
        pace: How fast and how long.
        arguments: What the run was asked, for its row in `runs`.
        progress: Told how the audit gets on.
        flow_run_id: Prefect's id of the flow run, where it is one.
    """
    with writer_lock(home, wait=True, on_wait=progress.say):
        with recorded(home, "verify", arguments) as record:
            record.flow_run_id = flow_run_id
            progress.begin("Verifying")
            report = verify(home, read, now, _watch(record, pace, progress), preserved_words)
            record.exit_code = RUN_FAILED if report.faults else ALL_WELL
            _put_rows(record, report.fixity_rows)
            seal_events(home)
        with suppress(Exception):  # what stands in the way is among the faults
            publish(home, reference_rows())
    return Audited(record.run_id, report)


def report_lines(report: VerifyReport) -> Iterator[str]:
    """Yields what an audit found, in words."""
    yield (
        f"Compared {counted(report.files_checked, 'file')} with their digests, and read "
        f"{counted(report.captures_checked, 'capture')} again from the preserved bytes."
    )
    yield from (f"NOTE {printable(note)}" for note in (*report.notes, *_upgrade_notes(report)))
    for fault in report.faults:
        yield from fault_lines(fault)
    if report.units_left:
        left = counted(report.units_left, "batch, run or database", "batches, runs and database")
        yield f"The time is over; {left} are left, and the next call begins with them."
    if report.faults:
        yield f"{counted(len(report.faults), 'fault')}; `refworld repair` heals what can be healed."
    else:
        yield "What was checked is well." if report.units_left else "All is well."


def _upgrade_notes(report: VerifyReport) -> Iterator[str]:
    """Yields what is as another version of this program has made it, which is no fault."""
    if report.older_count:
        yield (
            f"{counted(report.older_count, 'batch', 'batches')} of another schema: only the bytes "
            "were checked. The next ingest, or `refworld rebuild`, derives them anew."
        )
    if report.otherwise_count:
        yield (
            f"{counted(report.otherwise_count, 'batch', 'batches')} read by another version, "
            "otherwise than by this one: `refworld rebuild --diff` shows how, `refworld rebuild` "
            "puts it in place."
        )
    if report.is_database_older:
        yield "the database is of another version: only its bytes were checked. It is built anew."


def fault_lines(fault: Fault) -> Iterator[str]:
    """Yields what is to be said of a fault."""
    yield f"FAULT {printable(fault.place)}: {printable(fault.what)}"
    if fault.subject:
        yield f"  {printable(subject_words(fault.subject))}"
    yield f"  expected {shortened(str(fault.expected), _WORDS)}"
    yield f"  found    {shortened(str(fault.found), _WORDS)}"


def subject_words(subject: Subject) -> str:
    """Returns the record, capture, document and address that a fault befalls, in one line."""
    place = f"record {subject.record_number} at byte {subject.record_offset}, "
    return (
        f"{place if subject.record_number else ''}capture {subject.capture_id}, "
        f"document {subject.document_id or 'none'}, address {subject.target_uri or 'none'}"
    )


def _watch(record: Record, pace: Pace, progress: Progress) -> Watch:
    kept_at = time.monotonic()

    def keep(rows: Rows) -> None:
        nonlocal kept_at
        if time.monotonic() - kept_at >= _KEEP_SECONDS:
            _put_rows(record, rows)
            record.keep()
            kept_at = time.monotonic()

    def on_unit(_: int) -> None:
        progress.advance(1)

    return Watch(pace.on_read, pace.may_go_on, keep, on_unit, record.code_version)


def _put_rows(record: Record, rows: Rows) -> None:
    record.tables["fixity_checks"] = [{**row, "run_id": record.run_id} for row in rows]
