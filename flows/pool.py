"""The worker processes in which files are read and pages are parsed.

Workers are spawned, so that no thread or lock of the parent is copied into them, know nothing of
Prefect, leave Ctrl-C to the parent, and end when it dies. They hold the writer lock with it, so
that one which outlives a killed run for a moment is not writing when the next run tidies up.

Each worker has a thread here that hands it one call at a time, so that one worker can be killed
and replaced while the others go on.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from flows.heartbeat import Beat, attach, new_beat
from flows.limits import DEFAULT_LIMITS
from flows.worker import Worker
from warehouse.lock import Share

if TYPE_CHECKING:
    from flows.dask_workers import DaskWorkers

Pool: TypeAlias = "Workers | DaskWorkers"

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


class Workers(Executor):
    """An executor of worker processes, any of which may die or hang."""

    def __init__(self, count: int, capture_memory: int) -> None:
        self.count = count
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        start = partial(start_process, capture_memory)
        self._workers = [Worker(start) for _ in range(count)]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Returns the call of `fn` in a worker; it is made again, once, when the worker dies."""
        return self._threads.submit(self._with_worker, lambda w: w.call(fn, *args, **kwargs))

    def submit_reading(
        self, seconds: float, fn: Callable[..., R | None], /, *args: Any
    ) -> Future[R]:
        """Returns the call of `fn`, which reads captures, in a worker that is watched.

        A capture that takes longer than `seconds`, or that its worker dies of, is found and left
        unread, and `fn` called again with orders that say so, as its last argument.
        """
        return self.submit_reading_of(seconds, fn, lambda: args)

    def submit_reading_of(
        self,
        seconds: float,
        fn: Callable[..., R | None],
        arguments: Callable[[], tuple[Any, ...]],
    ) -> Future[R]:
        """Returns such a call whose arguments are made only when there is a worker for it."""
        return self._threads.submit(self._with_worker, lambda w: w.read(seconds, fn, *arguments()))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Lets the workers end with what they are at."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            for worker in self._workers:
                worker.end()

    def _with_worker(self, call: Callable[[Worker], T]) -> T:
        worker = self._idle.get()
        try:
            return call(worker)
        finally:
            self._idle.put(worker)


@contextmanager
def worker_pool(
    workers: int, capture_memory: int = DEFAULT_LIMITS.capture_memory
) -> Iterator[Workers]:
    """Holds a pool of `workers` processes that are already importing what they will need.

    Args:
        workers: How many.
        capture_memory: Bytes that one may grow by while it reads one capture.
    """
    pool = Workers(workers, capture_memory)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def publisher_process() -> Iterator[ProcessPoolExecutor]:
    """Holds one process, in which a database is drafted from call to call."""
    pool = _process()
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def start_process(capture_memory: int) -> tuple[ProcessPoolExecutor, Beat]:
    """Returns a process that is importing what it will need, and what it tells."""
    beat = new_beat()
    process = _process(beat, capture_memory)
    process.submit(_warm_up)
    return process, beat


def _process(beat: Beat | None = None, capture_memory: int = 0) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        1, mp_context=context, initializer=_prepare, initargs=(beat, capture_memory, Share())
    )


def worker_count(wanted: int | None = None) -> int:
    """Returns the number of worker processes: as wanted, or one for each processor at hand."""
    return wanted or max(1, len(os.sched_getaffinity(0)))


def collect_seldom() -> None:
    """Makes the garbage collector look for cycles seldom, in this process.

    Records are made by the hundred thousand and hold no cycles: looking for some costs a tenth.
    """
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


def _prepare(beat: Beat | None, capture_memory: int, _share: object) -> None:
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if beat is not None:
        attach(beat, capture_memory)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _warm_up() -> None:
    import flows.batches  # noqa: F401
