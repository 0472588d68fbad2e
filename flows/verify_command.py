"""`refworld verify`: everything in a data home against what it came from."""

from __future__ import annotations

import sys
from contextlib import suppress

import typer

from flows.failures import explained
from flows.intake.times import now
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import complain, printable, shortened
from flows.progress import progress_for
from flows.quantities import counted
from flows.recorded import recorded
from flows.reference import reference_rows
from transforms.reading import read
from warehouse.database import publish
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.verify import VerifyReport, verify

_WORDS = 300


def verify_command(home: Home) -> int:
    """Checks the home, records its fixity, prints each fault; returns 0, or 2 for any fault."""
    progress = progress_for(sys.stderr)
    if not home.root.is_dir():
        complain(f"There is no data home at {printable(str(home.root))}.")
        return RUN_FAILED
    try:
        with writer_lock(home, wait=True, on_wait=progress.say):
            with recorded(home, "verify", {}) as record:
                progress.begin("Verifying")
                report = verify(home, read, now)
                record.exit_code = RUN_FAILED if report.faults else ALL_WELL
                record.tables["fixity_checks"] = [
                    {**row, "run_id": record.run_id} for row in report.fixity_rows
                ]
            with suppress(Exception):  # what stands in the way is among the faults
                publish(home, reference_rows())
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The verification failed. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    _print_report(report)
    return record.exit_code


def digest_command(home: Home) -> int:
    """Prints the content digest of each derived table; equal ones mean equal content."""
    try:
        digests = content_digests(home)
    except Exception as error:
        complain(f"The lake cannot be read. {explained(error, home)}")
        return RUN_FAILED
    for name, digest in digests.items():
        typer.echo(f"{digest}  {name}")
    return ALL_WELL


def _print_report(report: VerifyReport) -> None:
    typer.echo(
        f"Compared {counted(report.files_checked, 'file')} with their commits, and read "
        f"{counted(report.captures_checked, 'capture')} again from the preserved bytes."
    )
    for fault in report.faults:
        typer.echo(f"FAULT {printable(fault.place)}: {printable(fault.what)}")
        typer.echo(f"  expected {shortened(str(fault.expected), _WORDS)}")
        typer.echo(f"  found    {shortened(str(fault.found), _WORDS)}")
    typer.echo(f"{counted(len(report.faults), 'fault')}." if report.faults else "All is well.")
