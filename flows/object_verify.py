"""`refworld verify` of a home on object storage: its objects against their lists."""

from __future__ import annotations

import sys

import typer

from flows.auditing import fault_lines
from flows.failures import explained
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.pace import Pace, parse_rate
from flows.printable import complain
from flows.progress import progress_for
from flows.quantities import counted, human_bytes
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.objects.checking import BucketReport, check_bucket
from warehouse.objects.holding import bucket_of
from warehouse.objects.index import Index
from warehouse.objects.mirror import mirror


def verify_objects_command(home: Home, budget: str | None, rate: str | None) -> int:
    """Reads every listed object, prints each fault; returns 0, or 2 for any fault.

    Nothing is written to the bucket, and no lease is taken: a run may be at work meanwhile.
    """
    progress = progress_for(sys.stderr)
    if budget is not None:
        complain("--budget is for a home on this machine; of one on object storage all is read.")
        return RUN_FAILED
    try:
        pace = Pace(None, parse_rate(rate))
        progress.begin("Verifying")
        report = check_bucket(bucket_of(home), pace.on_read)
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The verification failed. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    _print(report)
    return RUN_FAILED if report.faults else ALL_WELL


def objects_digest_command(home: Home) -> int:
    """Prints the content digest of each derived table, from the working copy brought up to date."""
    progress = progress_for(sys.stderr)
    try:
        with writer_lock(home, wait=True, on_wait=progress.say):
            bucket, index = bucket_of(home), Index(home)
            mirror(home, bucket, index)
            digests = content_digests(home)
    except Exception as error:
        complain(f"The lake cannot be read. {explained(error, home)}")
        return RUN_FAILED
    finally:
        progress.end()
    for name, digest in digests.items():
        typer.echo(f"{digest}  {name}")
    return ALL_WELL


def _print(report: BucketReport) -> None:
    typer.echo(
        f"Read {counted(report.object_count, 'object')} ({human_bytes(report.byte_count)}) and "
        "compared them with their digests."
    )
    if report.unlisted_count:
        unlisted = counted(report.unlisted_count, "object")
        typer.echo(
            f"NOTE {unlisted} that nothing lists: what killed runs left, older tables and databases"
        )
    for fault in report.faults:
        for line in fault_lines(fault):
            typer.echo(line)
    typer.echo(f"{counted(len(report.faults), 'fault')}." if report.faults else "All is well.")
