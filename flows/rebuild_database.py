"""`refworld rebuild --database`: the published database anew from the lake, nothing read again."""

from __future__ import annotations

import sys

import typer

from flows.failures import explained
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import complain, printable
from flows.progress import progress_for
from flows.quantities import counted
from flows.reference import reference_rows
from warehouse.commits import recover
from warehouse.database import publish
from warehouse.home import Home
from warehouse.lock import writer_lock


def rebuild_database_command(home: Home, is_patient: bool) -> int:
    """Builds the database from what is committed, whatever state the last one is in."""
    progress = progress_for(sys.stderr)
    try:
        with writer_lock(home, wait=is_patient, on_wait=progress.say):
            recover(home)
            progress.begin("Loading, checking and publishing")
            published = publish(home, reference_rows(), anew=True)
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The database could not be built. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    batches = counted(published.loaded_batches, "batch", "batches")
    captures = counted(published.counts["captures"], "capture")
    typer.echo(
        f"Built {printable(str(published.path))} anew: {batches} with {captures}, "
        f"{counted(published.loaded_runs, 'run')}."
    )
    return ALL_WELL
