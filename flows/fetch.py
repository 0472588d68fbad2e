"""The flow of a fetch: how addresses become WARC records, and those captures like any other.

    begin      what killed fetches left is told; what is known of the addresses is read
    fetch      each host's addresses in turn, at the host's pace; several hosts at a time
    seal       the WARC file in its place, and a row of `fetches` for each address
    ingest     the file through the same door as any other source
    show       the artifacts `fetch-summary` and `fetch-problems`

Its parameters are plain, so that a schedule can serve it with a watch list. Addresses that cannot
be had fail nothing: they are rows and artifacts, and the next run asks again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from prefect import flow, runtime, task, unmapped
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import interruption
from flows.fetching.options import FetchOptions, options_of
from flows.fetching.report import problem_rows, summary
from flows.fetching.session import FetchRun, begun_fetch, end, home_lock
from flows.fetching.targets import read_targets
from flows.ingest import drain
from flows.ingest import ingest as ingest_flow
from flows.intake.options import Options
from flows.limits import MEGABYTE
from flows.outcomes import RUN_FAILED
from flows.progress import progress_for
from flows.reference import reference_rows
from flows.run import Progress, Run, described
from flows.server import EmbeddedServer
from flows.session import begun_run
from warehouse.database import publish
from warehouse.fetches import pending_files
from warehouse.home import Home

_HOSTS_AT_ONCE = 8
_TASKS = 2  # of each run, besides one for each host
_DEFAULTS = FetchOptions()


@dataclass(slots=True)
class Watched:
    """A fetch as the command sees it: told how it gets on, and what has become of it so far."""

    progress: Progress
    run: FetchRun | None = None
    ingested: list[Run] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some could not be had or taken in."""
        if self.run is None:
            return RUN_FAILED
        return max([self.run.exit_code, *(run.exit_code for run in self.ingested)])


_watched: ContextVar[Watched | None] = ContextVar("watched", default=None)


@contextmanager
def watching(progress: Progress) -> Iterator[Watched]:
    """Holds what the fetches of the block tell."""
    watched = Watched(progress)
    token = _watched.set(watched)
    try:
        yield watched
    finally:
        _watched.reset(token)


def _threads(count: int) -> TaskRunner[PrefectFuture[Any]]:
    return cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=count))


@flow(name="fetch", task_runner=_threads(_HOSTS_AT_ONCE), persist_result=False)
def fetch(
    addresses: list[str] | None = None,
    lists: list[str] | None = None,
    data: str = "data",
    rate: float = _DEFAULTS.rate,
    allow_hosts: list[str] | None = None,
    allow_private: bool = False,
    max_size: float = _DEFAULTS.max_bytes / MEGABYTE,
    max_time: float = _DEFAULTS.max_seconds,
    retries: int = _DEFAULTS.retries,
    user_agent: str | None = None,
    ingest: bool = True,
    workers: int | None = None,
) -> str:
    """Fetches pages and takes them in, and returns the id of the run.

    Args:
        addresses: What to fetch.
        lists: Files with an address on each line.
        data: The data home.
        rate: Seconds of rest between two requests to a host.
        allow_hosts: Hosts that may be asked besides Refworld's and those of UNHCR's archive.
        allow_private: Whether those hosts may have private addresses.
        max_size: Longest answer that is taken, 10^6 bytes.
        max_time: Longest time for one answer, seconds.
        retries: How often an address is asked again after a failure that may pass.
        user_agent: What the server is told of who asks.
        ingest: Whether what was fetched is taken in at once.
        workers: Worker processes of the ingest; one for each processor when None.
    """
    watched = _watched.get() or Watched(progress_for(None))
    options = options_of(
        rate, allow_hosts or (), allow_private, max_size, max_time, retries, user_agent
    )
    home = Home(Path(data).expanduser().absolute())
    targets = read_targets(addresses or (), [Path(name) for name in lists or ()])
    flow_run_id = runtime.flow_run.id
    with begun_fetch(home, targets, options, watched.progress, flow_run_id) as run:
        watched.run = run
        watched.progress.begin("Fetching", len(targets))
        hosts = list(run.addresses_by_host())
        for fetched in as_completed(fetch_host.map(unmapped(run), hosts) if hosts else []):
            fetched.result()
            interruption.check()
        interruption.check()
        seal(run)
    _take_in(home, watched, ingest, workers)
    show(run)
    return run.run_id


@task(name="fetch", task_run_name="fetch from {host}", cache_policy=NO_CACHE, persist_result=False)
def fetch_host(run: FetchRun, host: str) -> None:
    """Fetches the addresses of one host."""
    run.fetch_all(run.addresses_by_host()[host])


@task(name="seal", cache_policy=NO_CACHE, persist_result=False)
def seal(run: FetchRun) -> None:
    """Puts what was fetched in its place, and tells what became of each address."""
    end(run)


@task(name="show", cache_policy=NO_CACHE, persist_result=False)
def show(run: FetchRun) -> None:
    """Creates the artifacts of a fetch."""
    create_markdown_artifact(
        key="fetch-summary", markdown=summary(run), description="What the fetch got."
    )
    create_table_artifact(
        key="fetch-problems",
        table=problem_rows(run),
        description="Addresses that have vanished or could not be had, and what to do.",
    )


def fetch_watched(
    parameters: Mapping[str, Any], server: EmbeddedServer | None, watched: Watched
) -> None:
    """Runs the flow for the command, when its server answers, and lets that keep the record."""
    if server is not None:
        server.wait()
    is_done = False
    try:
        # Prefect's heartbeat is off: its thread holds each flow's end up for a second.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            fetch(**parameters)
        is_done = True
    finally:
        if server is not None and not server.has_died:
            _hand_over(server, watched.run if is_done else None)


def _hand_over(server: EmbeddedServer, run: FetchRun | None) -> None:
    drain()
    if run is not None and run.flow_run_id is not None:
        server.wait_for_records(run.flow_run_id, len(run.addresses_by_host()) + _TASKS)


def _take_in(home: Home, watched: Watched, is_wanted: bool, workers: int | None) -> None:
    """Takes in what of fetches no ingest has seen, that of killed ones too.

    Where none is to be, only what the fetch has told is published.
    """
    with home_lock(home, watched.progress):
        pending = pending_files(home) if is_wanted else {}
        for path, addresses in pending.items():
            watched.ingested.append(_ingested(home, path, addresses, watched.progress, workers))
        if not pending:
            publish(home, reference_rows())


def _ingested(
    home: Home, path: Path, addresses: Sequence[str], progress: Progress, workers: int | None
) -> Run:
    """Takes in the new pages of a file; redirects, tombstones and revisits stay its evidence."""
    match = rf"\A(?:{'|'.join(map(re.escape, addresses))})\Z"
    with begun_run(home, [str(path)], workers, progress, Options(match=match)) as run:
        ingest_flow(described(run.sources), str(home.root), run.workers)
    return run
