"""`refworld ingest`: an ingest from the typed command to its summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from flows import interruption
from flows.failures import explained
from flows.holding import held_home
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.outcomes import RUN_FAILED
from flows.printable import complain
from flows.progress import progress_for
from flows.run import Progress, Run
from flows.server import ServerFailed, prefect_server
from warehouse.home import Home


def ingest_command(
    home: Home,
    sources: Sequence[str],
    workers: int | str | None,
    is_patient: bool,
    options: Options = DEFAULT_OPTIONS,
) -> int:
    """Takes `sources` in, prints what became of them, and returns the exit code.

    Args:
        home: The data home.
        sources: Files and folders.
        workers: Worker processes, one for each processor when None; or a Dask cluster.
        is_patient: Whether to wait for another writer of the home.
        options: How they are to be taken in.
    """
    interruption.listen()
    progress = progress_for(sys.stderr)
    try:
        run = _ingest(home, sources, workers, is_patient, progress, options)
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The ingest failed. {explained(error, home)}")
        if isinstance(error, ServerFailed):
            _end_at_once(RUN_FAILED)
        return RUN_FAILED
    from flows.report import print_report

    print_report(run)
    if run.has_lost_server:
        _end_at_once(run.exit_code)
    return run.exit_code


def _end_at_once(exit_code: int) -> NoReturn:
    """Ends the process without Prefect's threads, which would wait for a server that is gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def _ingest(
    home: Home,
    sources: Sequence[str],
    workers: int | str | None,
    is_patient: bool,
    progress: Progress,
    options: Options,
) -> Run:
    """Returns the completed run.

    What takes long is begun early: first the server's process, then the workers with the finding
    of the inputs, and the imports of Arrow, DuckDB and Prefect while those are at work.
    """
    with (
        held_home(home, is_patient, progress.say) as delivery,
        prefect_server(home.prefect) as server,
    ):
        from flows.session import begun_run

        with begun_run(home, sources, workers, progress, options, delivery) as run:
            from flows.ingest import ingest_watched

            ingest_watched(run, server)
        return run
