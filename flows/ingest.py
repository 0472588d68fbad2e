"""The flow: how saved pages become preserved bytes, tables and a published database.

    discover    what is there, each input read and hashed once
    adopt       what a killed run has archived and could not commit
    plan        what of it is new, in batches
    archive and read    each batch, in a worker process: bytes into WARC, values into Parquet
    commit      each batch: from here on it exists
    reconcile   the ledger: every input and every byte is accounted for
    record      the run and its acquisitions
    load, check, publish    the database, beside the last one, then in its place

A task is one line around a plain function of `steps`, and takes the run and small values only:
Prefect watches, and neither stores nor decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from prefect import Task, flow, runtime, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.events.worker import EventsWorker
from prefect.futures import PrefectFuture, as_completed
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import interruption, steps
from flows.artifacts import publish_artifacts
from flows.moving import Moving
from flows.run import Run, described
from flows.server import EmbeddedServer, ServerFailed
from flows.session import begun_run_id, joined_run

HAND_OVER_SECONDS = 5.0
_TASKS = 6  # of each run, besides two for each batch

P = ParamSpec("P")
R = TypeVar("R")


def _watched(step: Callable[P, R], name: str) -> Task[P, R]:
    """Returns a step as a task; what it takes and gives Prefect neither compares nor keeps."""
    return Task(
        step,
        name=name.partition("{")[0].strip(),
        task_run_name=name,
        cache_policy=NO_CACHE,
        persist_result=False,
    )


discover = _watched(steps.discover, "discover")
adopt = _watched(steps.adopt, "adopt")
plan = _watched(steps.plan_batches, "plan")
archive_and_read = _watched(steps.archive_and_read_batch, "archive and read batch {number}")
commit = _watched(steps.commit_batch, "commit")
reconcile = _watched(steps.reconcile, "reconcile")
record = _watched(steps.record, "record")
load_check_publish = _watched(steps.load_check_publish, "load, check, publish")


def _threads(count: int) -> TaskRunner[PrefectFuture[Any]]:
    """Returns a runner on `count` threads, which only wait for worker processes."""
    return cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=count))


def _flow_run_name() -> str:
    """Returns the id of our own run, where the command has begun one, so that both can be found."""
    return begun_run_id() or f"ingest into {runtime.flow_run.parameters['data']}"


@flow(
    name="ingest",
    flow_run_name=_flow_run_name,
    task_runner=_threads(4),
    persist_result=False,
)
def ingest(sources: list[str], data: str = "data", workers: int | str | None = None) -> str:
    """Takes saved pages in, and returns the id of the run.

    Args:
        sources: Files, folders and addresses, as the command takes them.
        data: The data home.
        workers: Worker processes, one for each processor when None; or `dask`, or the address of
            a Dask scheduler.
    """
    with joined_run(sources, data, workers) as run:
        run.flow_run_id = runtime.flow_run.id
        discover(run)
        adopt(run)
        batches = plan(run)
        moving = Moving(run, len(batches))
        with run.stopwatch.timing("archive_and_read"):
            for batch in as_completed(archive_and_read.map(unmapped(run), batches)):
                commit(run, batch.result())
                moving.advance()
                interruption.check()
        interruption.check()
        reconcile(run)
        record(run)
        load_check_publish(run)
        publish_artifacts(run)
        return run.run_id


def ingest_watched(run: Run, server: EmbeddedServer | None) -> None:
    """Runs the flow for an ingest that the command has begun, when its server answers.

    Prefect's heartbeat is off: its thread holds each flow's end up for a second, and a run that
    dies is known by our own records.
    """
    with run.stopwatch.timing("server"):
        if server is not None:
            _await(server, run)
    try:
        _run_flow(run, server)
    except Exception as error:
        if server is None or not server.has_died:
            raise
        run.has_lost_server = True
        words = f"Prefect's server died during the run; its log is {server.log}."
        if run.published is None:
            raise ServerFailed(words) from error
        run.progress.say(f"{words} The run is complete all the same.")


def _await(server: EmbeddedServer, run: Run) -> None:
    try:
        server.wait()
    except ServerFailed as error:
        # What has failed beside it, as for want of space, is what it failed of too.
        raise error from steps.failure_ahead(run)


def _run_flow(run: Run, server: EmbeddedServer | None) -> None:
    try:
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            ingest.with_options(task_runner=_threads(run.pool.count + 1))(
                described(run.sources), run.home.name, run.workers
            )
    finally:
        if server is not None and not server.has_died:
            _hand_over(run, server)


def _hand_over(run: Run, server: EmbeddedServer) -> None:
    drain()
    if run.flow_run_id is not None and run.published is not None:
        server.wait_for_records(run.flow_run_id, _TASKS + 2 * len(run.plan.batches))


def drain() -> None:
    """Waits until the server has what Prefect's threads in this process still hold for it."""
    EventsWorker.drain_all(timeout=HAND_OVER_SECONDS)
    APILogWorker.drain_all(timeout=HAND_OVER_SECONDS)
