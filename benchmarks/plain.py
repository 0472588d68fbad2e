"""The steps of an ingest without Prefect, to see what Prefect costs.

The steps are the plain functions that the flow's tasks call, in the flow's order.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows import steps
from flows.progress import progress_for
from flows.session import begun_run
from warehouse.home import Home
from warehouse.lock import writer_lock


def ingest_plainly(corpus: str, home: Home, workers: int) -> None:
    """Ingests `corpus` by calling each step, with no task, flow or server."""
    progress = progress_for(None)
    with (
        writer_lock(home, wait=False, on_wait=progress.say),
        begun_run(home, [corpus], workers, progress) as run,
    ):
        steps.discover(run)
        steps.adopt(run)
        for number in steps.plan_batches(run):
            steps.commit_batch(run, steps.archive_and_read_batch(run, number))
        steps.reconcile(run)
        steps.record(run)
        steps.load_check_publish(run)


if __name__ == "__main__":
    ingest_plainly(sys.argv[1], Home(Path(sys.argv[2]).resolve()), int(sys.argv[3]))
