"""The worker processes in which files are read and pages are parsed.

Workers are spawned, so that no thread or lock of the parent is copied into them, know nothing of
Prefect, leave Ctrl-C to the parent, and end when it dies: a worker that outlived a killed run
would still be writing when the next run tidies up.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Holds a pool of `workers` processes that are already importing what they will need."""
    with _processes(workers) as pool:
        for _ in range(workers):
            pool.submit(_warm_up)
        yield pool


@contextmanager
def publisher_process() -> Iterator[ProcessPoolExecutor]:
    """Holds one process, in which a database is drafted from call to call."""
    with _processes(1) as pool:
        yield pool


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def worker_count(wanted: int | None) -> int:
    """Returns the number of worker processes: as wanted, or one for each processor at hand."""
    return wanted or max(1, len(os.sched_getaffinity(0)))


def collect_seldom() -> None:
    """Makes the garbage collector look for cycles seldom, in this process.

    Records are made by the hundred thousand and hold no cycles: looking for some costs a tenth.
    """
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


def _prepare() -> None:
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _warm_up() -> None:
    import flows.batches  # noqa: F401
