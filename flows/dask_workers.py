"""Batches on a Dask cluster: the same calls as to worker processes here, made on other machines.

Each Dask worker keeps a process of its own for each call that it is at, and watches it as a local
run watches its workers: so the time and memory of one capture are bounded there too, and one that
hangs or kills its reader is found and left unread. A Dask worker that is lost costs its calls,
which Dask makes again elsewhere; what the lost one has staged is nothing, because only the process
of the run commits. Prefect stays there as well: no worker needs to reach its server.

The workers need the data home and the sources under the same paths, and the same code; that is
looked at before each call.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import multiprocessing
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from flows.code_version import code_version
from flows.limits import DEFAULT_LIMITS
from flows.pool import start_process, worker_count
from flows.worker import Worker
from flows.workers_option import LOCAL_CLUSTER
from warehouse import disk
from warehouse.home import Home

_WITNESS = "dask-witness"
_CONNECT_SECONDS = 30
_WORKERS_SECONDS = 60
_CALLS_A_WORKER = 2  # one that it is at, and one that it finds at once

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


class DaskUnavailable(Exception):
    """There is no cluster to work on, or its workers cannot do the work; the message says why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a Dask worker must have in common with the run.

    Args:
        witness: A file of the run in the home's staging, which the worker must see; once the run
            is dead and its staging cleared, what is left of its calls ends by that.
        code_version: Version of the code.
        capture_memory: Bytes that the reading of one capture may take.
    """

    witness: Path
    code_version: str
    capture_memory: int


class DaskWorkers(Executor):
    """An executor whose calls are made on a Dask cluster; any worker of it may die or hang."""

    def __init__(self, client: Any, terms: Terms) -> None:
        self._client = client
        self._terms = terms
        self._executor = client.get_executor(pure=False)
        # Each thread waits for one call: what the cluster cannot be at yet is not made yet.
        self._threads = ThreadPoolExecutor(_CALLS_A_WORKER * self.count)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Returns the call of `fn` on the cluster; it is made again when its worker is lost."""
        return self._threads.submit(self._result, call_there, fn, args, kwargs)

    def submit_reading(
        self, seconds: float, fn: Callable[..., R | None], /, *args: Any
    ) -> Future[R]:
        """Returns the call of `fn`, which reads captures, as `Workers.submit_reading` does."""
        return self.submit_reading_of(seconds, fn, lambda: args)

    def submit_reading_of(
        self,
        seconds: float,
        fn: Callable[..., R | None],
        arguments: Callable[[], tuple[Any, ...]],
    ) -> Future[R]:
        """Returns such a call whose arguments are made only when its turn is near."""
        return self._threads.submit(lambda: self._result(read_there, seconds, fn, arguments()))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Lets the cluster end with what it is at, or forget it."""
        if cancel_futures:
            self._executor.shutdown(wait=False)
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if not cancel_futures:
            self._executor.shutdown(wait=wait)

    def _result(self, there: Callable[..., T], *arguments: Any) -> T:
        result: T = self._executor.submit(there, self._terms, *arguments).result()
        return result

    @property
    def count(self) -> int:
        """How many calls the cluster is at together, as far as it is known now."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max(1, sum(int(worker["nthreads"]) for worker in workers))


@contextmanager
def dask_pool(
    workers: str, home: Home, capture_memory: int = DEFAULT_LIMITS.capture_memory
) -> Iterator[DaskWorkers]:
    """Holds a pool on a Dask cluster, whose workers were seen to have home and code.

    Args:
        workers: `dask` for a cluster on this machine, or the address of a scheduler.
        home: The data home, in whose staging the workers lay batches down.
        capture_memory: Bytes that the reading of one capture may take.

    Raises:
        DaskUnavailable: Dask is not installed, there is no such scheduler, or it has no worker
            that could do the work.
    """
    if importlib.util.find_spec("distributed") is None:
        raise DaskUnavailable(
            "Dask is not installed: pip install 'refworld-archive[dask]', here and on its workers"
        )
    disk.make_folder(home.staging)
    witness = home.staging / f"{_WITNESS}-{secrets.token_hex(8)}"
    disk.write_whole(witness, b"")
    terms = Terms(witness, code_version(), capture_memory)
    try:
        with _client(workers) as client:
            _check_workers(client, terms)
            pool = DaskWorkers(client, terms)
            try:
                yield pool
            finally:
                pool.shutdown(cancel_futures=True)
                with suppress(Exception):
                    client.run(end_idle, on_error="ignore")
    finally:
        disk.remove_file(witness)


@contextmanager
def _client(workers: str) -> Iterator[Any]:
    # Untyped, and seldom installed.
    dask: Any = importlib.import_module("dask")
    distributed: Any = importlib.import_module("distributed")
    # The end of a connection is said as an error by every part that had it.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if workers != LOCAL_CLUSTER:
        try:
            client = distributed.Client(workers, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise DaskUnavailable(f"no Dask scheduler answers at {workers}") from error
        with client:
            yield client
        return
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        distributed.LocalCluster(
            n_workers=worker_count(),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # without one it would take a certain port
            scheduler_kwargs={"dashboard": False},
            memory_limit=None,  # the memory is in the processes that the workers watch
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _check_workers(client: Any, terms: Terms) -> None:
    try:
        client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
    except TimeoutError:
        raise DaskUnavailable("the Dask scheduler has no workers") from None
    for address, found in client.run(check_terms, terms, on_error="return").items():
        if isinstance(found, Exception):
            raise DaskUnavailable(f"the Dask worker {address} cannot take part: {found}")


# What follows runs on the Dask workers.

_idle: dict[int, SimpleQueue[Worker]] = {}


def check_terms(terms: Terms) -> None:
    """Raises DaskUnavailable where this machine has not what a call of the run needs."""
    if not terms.witness.exists():
        raise DaskUnavailable(
            f"it does not see {terms.witness.parent}, which must be on a file system that all "
            "share, under the same path; or the run is over"
        )
    if _version_here() != terms.code_version:
        raise DaskUnavailable(
            f"its code is {_version_here()}, and that of the run {terms.code_version}"
        )


def call_there(terms: Terms, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
    """Returns what `fn` gives in a process beside this Dask worker."""
    with _worker(terms) as worker:
        return worker.call(fn, *args, **kwargs)


def read_there(terms: Terms, seconds: float, fn: Callable[..., R | None], args: Any) -> R:
    """Returns what `fn` gives for the captures that can be read, in a process that is watched."""
    with _worker(terms) as worker:
        return worker.read(seconds, fn, *args)


def end_idle() -> None:
    """Ends the processes beside this Dask worker that have nothing to do."""
    for queue in list(_idle.values()):
        with suppress(Empty):
            while True:
                queue.get_nowait().end()


@contextmanager
def _worker(terms: Terms) -> Iterator[Worker]:
    check_terms(terms)
    queue = _idle.setdefault(terms.capture_memory, SimpleQueue())
    try:
        worker = queue.get_nowait()
    except Empty:
        _permit_children()
        worker = Worker(lambda: start_process(terms.capture_memory))
    try:
        yield worker
    finally:
        queue.put(worker)


def _permit_children() -> None:
    """Lets this process have children, which the nanny of a Dask worker does not foresee.

    They watch it and end when it does.
    """
    here = multiprocessing.current_process()
    if here.daemon:
        here.daemon = False


@cache
def _version_here() -> str:
    return code_version()
