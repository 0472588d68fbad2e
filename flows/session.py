"""The frame of an ingest: its lock, its workers, and the row it leaves whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from flows import publishing
from flows.code_version import code_version
from flows.dask_workers import dask_pool
from flows.event_rows import FAILED, acquisition_rows, begun_row, ended_row
from flows.holding import IN_PLACE, Delivery, held_home
from flows.intake.discovery import Discovery, discover
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.intake.times import now
from flows.named_homes import named_home
from flows.outcomes import RUN_FAILED
from flows.pool import Pool, collect_seldom, publisher_process, worker_count, worker_pool
from flows.progress import progress_for
from flows.recorded import reason, record_crashes
from flows.reference import reference_rows
from flows.run import Progress, Run
from flows.steps import begin_ahead
from warehouse import disk
from warehouse.commits import recover, refuse_newer
from warehouse.database import publish
from warehouse.events import mark_started, write_event_tables
from warehouse.home import Home

_begun: ContextVar[Run | None] = ContextVar("begun", default=None)


@contextmanager
def begun_run(
    home: Home,
    sources: Sequence[str],
    workers: int | str | None,
    progress: Progress,
    options: Options = DEFAULT_OPTIONS,
    delivery: Delivery = IN_PLACE,
) -> Iterator[Run]:
    """Holds an ingest that has begun: its workers are starting and its inputs are being found.

    The caller holds the home's writer lock. Whatever ends the block by an error, Ctrl-C
    included, is recorded as the failure of the run and raised on.
    """
    collect_seldom()
    recover(home)
    refuse_newer(home)
    record_crashes(home)
    workers = workers if isinstance(workers, str) else worker_count(workers)
    with (
        _pool(home, workers, options.limits.capture_memory) as pool,
        publisher_process() as publisher,
        ThreadPoolExecutor(1) as thread,
    ):
        run = Run(
            home,
            sources,
            workers,
            now(),
            code_version(),
            progress,
            pool,
            publisher,
            options,
            delivery,
        )
        mark_started(home, begun_row(run))
        delivery.events()
        spool_folder = home.staging / f"corpora-{run.run_id}"
        disk.make_folder(spool_folder)
        publisher.submit(publishing.begin, home)
        run.discovering = thread.submit(_find_and_begin, run, spool_folder)
        token = _begun.set(run)
        try:
            yield run
        except BaseException as error:
            run.stop()
            record_failure(run, error)
            raise
        finally:
            _begun.reset(token)
            progress.end()
            disk.remove_tree(spool_folder)


def _pool(home: Home, workers: int | str, capture_memory: int) -> AbstractContextManager[Pool]:
    if isinstance(workers, str):
        return dask_pool(workers, home, capture_memory)
    return worker_pool(workers, capture_memory)


def _find_and_begin(run: Run, spool_folder: Path) -> Discovery:
    """Returns what was discovered, its batches already given to the workers."""
    run.discovery = discover(run.sources, run.pool, spool_folder, run.progress.advance, run.options)
    begin_ahead(run)
    return run.discovery


@contextmanager
def joined_run(sources: Sequence[str], data: str, workers: int | str | None) -> Iterator[Run]:
    """Holds the ingest that the command has begun, or begins one when Prefect started the flow."""
    begun = _begun.get()
    if begun is not None:
        try:
            yield begun
        except BaseException:
            begun.stop()  # so that Prefect, which waits for every task, has little to wait for
            raise
        return
    home = named_home(data)
    progress = progress_for(None)
    with (
        held_home(home, wait=True, say=progress.say) as delivery,
        begun_run(home, sources, workers, progress, delivery=delivery) as run,
    ):
        yield run


def begun_run_id() -> str | None:
    """Returns the id of the ingest that the command has begun, None when there is none."""
    begun = _begun.get()
    return begun.run_id if begun is not None else None


def record_failure(run: Run, error: BaseException) -> None:
    """Records a failed run with its error, and publishes what it committed where that can be.

    What cannot be written now, on a full disk say, the next run records as a crash.
    """
    if run.published is not None:
        return  # the work is done and recorded; it was Prefect's end that went wrong
    row = ended_row(run, FAILED, now(), RUN_FAILED, reason(error))
    with suppress(Exception):
        write_event_tables(
            run.home, run.run_id, {"runs": [row], "acquisitions": acquisition_rows(run)}
        )
        run.delivery.events()
        if not run.is_recorded:  # otherwise it is publishing that failed
            run.delivery.batches()
            publish(run.home, reference_rows())
            run.delivery.database()
            run.delivery.events()
