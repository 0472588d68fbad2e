"""`refworld ingest`: an ingest from the typed command to its summary."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from types import FrameType

from flows.failures import explained
from flows.outcomes import RUN_FAILED
from flows.printable import complain
from flows.progress import progress_for
from flows.run import Progress, Run
from flows.server import prefect_server
from warehouse.home import Home
from warehouse.lock import writer_lock


def ingest_command(
    home: Home, sources: Sequence[str], workers: int | None, is_patient: bool
) -> int:
    """Takes `sources` in, prints what became of them, and returns the exit code.

    Args:
        home: The data home.
        sources: Files and folders.
        workers: Worker processes, one for each processor when None.
        is_patient: Whether to wait for another writer of the home.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    progress = progress_for(sys.stderr)
    try:
        run = _ingest(home, sources, workers, is_patient, progress)
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The ingest failed. {explained(error, home)}")
        return RUN_FAILED
    from flows.report import print_report

    print_report(run)
    return run.exit_code


def _ingest(
    home: Home, sources: Sequence[str], workers: int | None, is_patient: bool, progress: Progress
) -> Run:
    """Returns the completed run.

    What takes long is begun early: first the server's process, then the workers with the finding
    of the inputs, and the imports of Arrow, DuckDB and Prefect while those are at work.
    """
    with (
        writer_lock(home, is_patient, progress.say),
        prefect_server(home.prefect) as server,
    ):
        from flows.session import begun_run

        with begun_run(home, sources, workers, progress) as run:
            from flows.ingest import ingest_watched

            ingest_watched(run, server)
        return run


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
