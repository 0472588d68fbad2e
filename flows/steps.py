"""The steps of an ingest, each a plain function of the run; `ingest` puts them in their order.

Each may be called again while an earlier call of it is under way, or done: it acts once.
"""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial

from flows import publishing
from flows.adoption import adopt_archives, migrate_batches
from flows.batches import BatchResult, archive_and_read
from flows.event_rows import COMPLETED, acquisition_rows, ended_row
from flows.intake.inputs import Input
from flows.intake.times import now
from flows.planning import plan, settle_duplicates
from flows.pool import publisher_process
from flows.quantities import counted
from flows.run import Run
from warehouse.commits import commit, known_capture_ids, uncommitted_archives
from warehouse.events import write_event_tables
from warehouse.home import Home

_BATCHES_AHEAD = 3


def discover(run: Run) -> int:
    """Returns the number of inputs found; the finding began when the run did."""
    run.progress.begin("Finding inputs")
    with run.stopwatch.timing("discover"):
        run.discovery = run.discovering.result()
    return len(run.discovery.inputs)


def adopt(run: Run) -> int:
    """Returns the number of batches that a killed run archived and this one could commit.

    Batches of an older schema are derived anew here too.
    """
    with run.acting, run.stopwatch.timing("adopt"):
        migrate_batches(
            run.home,
            run.pool,
            run.code_version,
            run.progress.say,
            run.limits.capture_seconds,
        )
        adopted = adopt_archives(
            run.home,
            run.pool,
            run.code_version,
            run.progress.say,
            run.limits.capture_seconds,
        )
        run.delivery.events()  # what was read before, first
        run.delivery.batches()
    if adopted:
        said = counted(adopted, "batch", "batches")
        run.progress.say(f"committed {said} that a killed run had archived")
    run.batch_count += adopted
    return adopted


def plan_batches(run: Run) -> list[int]:
    """Returns the numbers of the batches of new captures."""
    with run.acting:
        if not run.is_planned:
            make_plan(run)
        run.outcomes.update(run.plan.outcomes)
    run.progress.begin("Archiving and reading", sum(map(len, run.plan.batches)))
    return list(range(len(run.plan.batches)))


def make_plan(run: Run) -> None:
    """Parts what was discovered into known, new and refused inputs, the new ones in batches."""
    with run.stopwatch.timing("plan"):
        run.plan = plan(
            run.discovery.inputs, known_capture_ids(run.home), run.limits.run_bytes, run.batch_size
        )
        run.is_planned = True


def begin_ahead(run: Run) -> None:
    """Gives all batches to the workers while Prefect's server is still coming up.

    The tasks then wait for what is under way. Nothing exists before it is committed, so a server
    that never comes up leaves nothing behind. Where a killed run's archives are to be adopted
    first, the plan depends on them and waits.
    """
    if not uncommitted_archives(run.home):
        make_plan(run)
        for number in range(len(run.plan.batches)):
            begin_batch(run, number)


def failure_ahead(run: Run) -> BaseException | None:
    """Returns why a batch that was begun ahead has failed; None when none has by now."""
    calls = list(run.batch_calls.values())
    failures = (call.exception() for call in calls if call.done() and not call.cancelled())
    return next(filter(None, failures), None)


def begin_batch(run: Run, number: int) -> Future[BatchResult] | None:
    """Returns the call in which a worker archives, reads and stages batch `number`.

    Of a batch that is counted already there is none any more.
    """
    with run.acting:
        if number in run.counted:
            return None
        if number not in run.batch_calls:
            run.batch_calls[number] = run.pool.submit_reading_of(
                run.limits.capture_seconds, archive_and_read, partial(_work_of, run, number)
            )
        return run.batch_calls[number]


def _work_of(run: Run, number: int) -> tuple[Home, list[tuple[int, Input]], str]:
    """Returns what the worker of a batch is told, made when its turn comes."""
    inputs = run.discovery.inputs
    batch = [(position, inputs[position]) for position in run.plan.batches[number]]
    return run.home, batch, run.code_version


def archive_and_read_batch(run: Run, number: int) -> int:
    """Returns `number` when a worker process has archived, read and staged that batch."""
    call = begin_batch(run, number)
    if call is not None:
        call.result()
    return number


def commit_batch(run: Run, number: int) -> None:
    """Commits a staged batch; from here on it exists, and what the worker told of it is let go."""
    with run.acting, run.stopwatch.timing("commit"):
        call = begin_batch(run, number)
        if call is None:
            return
        result = call.result()
        if result.staged is not None:
            commit(run.home, result.staged)
            run.delivery.batch(result.staged.batch_id)
            run.batch_count += 1
            _load_ahead(run)
        _count(run, result)
        run.counted.add(number)
        del run.batch_calls[number]


def _count(run: Run, result: BatchResult) -> None:
    run.outcomes.update(result.outcomes)
    run.issues.update(result.issues)
    run.documents = (*run.documents, *result.documents)[:5]
    run.progress.advance(len(result.outcomes))


def _load_ahead(run: Run) -> None:
    """Lets the publisher load what is committed by now, unless it is at it or there is little."""
    is_idle = run.loading is None or run.loading.done()
    if is_idle and run.batch_count - run.loaded_to >= _BATCHES_AHEAD:
        run.loaded_to = run.batch_count
        with suppress(BrokenProcessPool):  # then all of it is loaded at the end
            run.loading = run.publisher.submit(publishing.extend)


def reconcile(run: Run) -> str:
    """Returns the ledger in words; raises LedgerUnbalanced when it does not balance."""
    with run.acting:
        settle_duplicates(run.plan, run.discovery.inputs, run.outcomes)
        ledger = run.ledger
        ledger.reconcile()
    return ", ".join(f"{name} {tally.count}" for name, tally in ledger.outcomes.items())


def record(run: Run) -> None:
    """Writes the run and each input's acquisition to the lake."""
    run.progress.begin("Recording")
    with run.acting, run.stopwatch.timing("record"):
        if run.is_recorded:
            return
        rows = acquisition_rows(run)
        row = ended_row(run, COMPLETED, now(), run.exit_code)
        write_event_tables(run.home, run.run_id, {"runs": [row], "acquisitions": rows})
        run.delivery.events()
        run.is_recorded = True


def load_check_publish(run: Run) -> None:
    """Loads what the database lacks, checks it and puts it in the place of the last one."""
    run.progress.begin("Loading, checking and publishing")
    with run.acting, run.stopwatch.timing("publish"):
        if run.published is not None:
            return
        run.before_publishing()
        try:
            published = run.publisher.submit(publishing.finish, run.home).result()
        except BrokenProcessPool:
            # The publisher died, with no more than a draft: another begins it again.
            with publisher_process() as publisher:
                published = publisher.submit(publishing.finish, run.home).result()
        run.delivery.database()
        run.published = published
        run.delivery.events()  # the snapshot that it is
